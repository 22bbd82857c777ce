// node scripts/pictures.js: draws the pictures of the README in docs/pictures, from what isoscope prints of fixtures/images/mini.iso.
// It needs tmux and Chromium (CHROMIUM, or /usr/bin/chromium).
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PICTURES = join(ROOT, 'docs/pictures')
const BIN = join(ROOT, 'bin/isoscope.js')
const IMAGES = join(ROOT, 'fixtures/images')
const work = mkdtempSync(join(tmpdir(), 'isoscope-pictures-'))

mkdirSync(PICTURES, { recursive: true })
try {
  writeFileSync(join(PICTURES, 'report.svg'), terminalSvg(await screen('mini.iso', 92, 30, []), 92))
  const keys = ['j', 'j', 'x']
  writeFileSync(join(PICTURES, 'explorer.svg'), terminalSvg(await screen('explore mini.iso', 92, 24, keys), 92))
  await page()
} finally {
  rmSync(work, { recursive: true })
}

/**
 * What a terminal shows of a command, with its escape sequences.
 * @param {string} words
 * @param {number} columns
 * @param {number} rows
 * @param {readonly string[]} keys typed after it has drawn
 */
async function screen(words, columns, rows, keys) {
  /** @param {string[]} args */
  const tmux = (...args) => execFileSync('tmux', ['-S', join(work, 'tmux'), '-f', '/dev/null', ...args]).toString()
  const command = `cd ${IMAGES} && LANG=C.UTF-8 PS1= ${process.execPath} ${BIN} ${words} --color always; sleep 9`
  tmux('new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, command)
  await setTimeout(3000)
  for (const key of keys) tmux('send-keys', key)
  await setTimeout(500)
  const text = tmux('capture-pane', '-e', '-p')
  tmux('kill-server')
  return text.trimEnd().split('\n')
}

/** A piece of a line in one style. @typedef {{ text: string, classes: string[] }} Piece */

/** The pieces of a line with SGR sequences (ECMA-48 8.3.117). @param {string} line @returns {Piece[]} */
function piecesOf(line) {
  /** @type {Piece[]} */
  const pieces = []
  /** @type {Set<string>} */
  const classes = new Set()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the same
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1]?.split(';')
    if (codes === undefined) {
      if (part !== '') pieces.push({ text: part, classes: [...classes] })
      continue
    }
    for (const code of codes) {
      if (code === '' || code === '0') classes.clear()
      else classes.add(`s${code}`)
    }
  }
  return pieces
}

/** A picture of a terminal. @param {readonly string[]} lines @param {number} columns */
function terminalSvg(lines, columns) {
  const [cell, height, margin] = [8.4, 18, 12]
  const rows = lines.map((line, row) => {
    const y = margin + (row + 1) * height - 5
    let column = 0
    const spans = piecesOf(line).map(({ text, classes }) => {
      const x = (margin + column * cell).toFixed(1)
      const width = ([...text].length * cell).toFixed(1)
      column += [...text].length
      const style = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
      return text.trim() === ''
        ? ''
        : `<tspan x="${x}" textLength="${width}"${style}>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</tspan>`
    })
    return spans.join('') === '' ? '' : `<text y="${y}" xml:space="preserve">${spans.join('')}</text>`
  })
  const [width, whole] = [2 * margin + columns * cell, 2 * margin + lines.length * height]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${whole}" role="img" aria-label="isoscope in a terminal">
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d6dbe4}.s1{font-weight:700;fill:#fff}.s2{fill:#8b95a7}.s7{fill:#7fb4ff}.s31{fill:#ff8f8f}.s32{fill:#86d993}</style>
<rect width="100%" height="100%" rx="8" fill="#161b24"/>
${rows.filter((row) => row !== '').join('\n')}
</svg>
`
}

async function page() {
  const file = join(work, 'page.html')
  execFileSync(process.execPath, [BIN, 'html', 'mini.iso', '-o', file], { cwd: IMAGES })
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const tab = await browser.newPage({ viewport: { width: 1200, height: 760 } })
  await tab.goto(pathToFileURL(file).href)
  await setTimeout(1500)
  await tab.screenshot({ path: join(PICTURES, 'page.png') })
  await browser.close()
}
