import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildWeb } from '../scripts/web.js'
import { isoscope, median, ROUNDS } from './measure.js'
import { startChromium } from './pages.js'
import { writeStoreOfPrograms } from './store-of-programs.js'

/** How many workers scan. */
const WORKERS = 2
const GOAL = 1.3

/** Notes in the page when a file is chosen or a scan is asked for, and when the answer is there. */
const WATCH = `{
  const isThere = () => document.querySelector('canvas[data-boxes]') !== null
  const isScanned = () => isThere() && document.querySelector('#scan').hidden
  const begin = (isDone) => {
    const start = performance.now()
    globalThis.took = new Promise((resolve) => {
      const look = () => {
        const failed = document.querySelector('#failed')
        if (!failed.hidden) resolve(failed.textContent)
        if (!isDone()) return
        observer.disconnect()
        resolve(performance.now() - start)
      }
      const observer = new MutationObserver(look)
      observer.observe(document.body, { subtree: true, childList: true, attributes: true })
    })
  }
  document.querySelector('#files').addEventListener('change', () => begin(isThere), { capture: true })
  document.querySelector('#scan').addEventListener('click', () => begin(isScanned), { capture: true })
}`

/**
 * The page that reads images in Chromium beside the command line, which is a process and makes the same page. In the page,
 * time begins when the file is chosen, and ends when the report is drawn. Chromium sets the priority of its processes by itself,
 * so a run under `nice` would slow down the command line alone.
 * @param {readonly string[]} images
 */
export async function benchPages(images) {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-page-'))
  const browser = await startChromium()
  try {
    await buildWeb(join(work, 'web'))
    const address = pathToFileURL(join(work, 'web/index.html')).href
    if (images.length > 0) for (const image of images) await benchPage(browser, address, image, work)
    else {
      const image = join(work, 'programs.squashfs')
      writeStoreOfPrograms(image)
      await benchPage(browser, address, image, work)
    }
  } finally {
    await browser.close()
    rmSync(work, { recursive: true })
  }
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} address @param {string} image @param {string} work
 */
async function benchPage(browser, address, image, work) {
  const page = await browser.newPage()
  const debug = await page.context().newCDPSession(page)
  await debug.send('Emulation.setHardwareConcurrencyOverride', { hardwareConcurrency: WORKERS })
  const took = async () => {
    const answer = await page.evaluate('took')
    if (typeof answer !== 'number') throw new Error(`${image}: ${answer}`)
    return answer
  }
  const output = join(work, 'page.html')
  const command = (/** @type {string[]} */ ...args) => isoscope('html', image, '-o', output, '--no-cache', ...args)
  const reports = { page: /** @type {number[]} */ ([]), node: /** @type {number[]} */ ([]) }
  const scans = { page: /** @type {number[]} */ ([]), node: /** @type {number[]} */ ([]) }
  for (let round = 0; round <= ROUNDS; round += 1) {
    await page.goto('about:blank')
    await page.goto(address)
    await page.evaluate(WATCH)
    await page.setInputFiles('#files', image)
    const report = await took()
    const node = command()
    const canScan = await page.locator('#scan').isVisible()
    if (canScan) await page.locator('#scan').click()
    const scan = canScan ? await took() : Number.NaN
    const nodeScan = canScan ? command('--references', 'scan', '--jobs', String(WORKERS)) : Number.NaN
    // The first round warms the disk.
    if (round === 0) continue
    reports.page.push(report)
    reports.node.push(node)
    scans.page.push(scan)
    scans.node.push(nodeScan)
  }
  await page.close()
  console.log(`${basename(image)}, ${statSync(image).size} bytes; page : Node ${process.version}, medians of ${ROUNDS}`)
  printRatio('report', reports)
  if (!Number.isNaN(median(scans.page))) printRatio(`scan for references, ${WORKERS} workers`, scans)
}

/** @param {string} title @param {{ page: readonly number[], node: readonly number[] }} times */
function printRatio(title, { page, node }) {
  const ratio = median([...page]) / median([...node])
  // The two runs of a round are close in time, so other load on the machine affects both.
  const rounds = page.map((time, round) => time / (node[round] ?? Number.NaN))
  const spread = `(${Math.min(...rounds).toFixed(2)} to ${Math.max(...rounds).toFixed(2)})`
  const seconds = `${(median([...page]) / 1000).toFixed(2)} s : ${(median([...node]) / 1000).toFixed(2)} s`
  console.log(
    `  ${title.padEnd(34)}${ratio.toFixed(2).padStart(6)}   goal ${GOAL.toFixed(2)}   ${spread.padEnd(16)} ${seconds}`,
  )
}
