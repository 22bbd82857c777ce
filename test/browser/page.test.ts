import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { NIX_ON_DEBIAN } from '../owners/nix-on-debian.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { startFirefox } from './firefox.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Names that would be something else than names in a page, as bytes. */
const HOSTILE = [
  '<script>alert(1)<\\script>',
  '<img src=x onerror=alert(1)>',
  '\x1b[31mred\x07',
  '\xe2\x80\xaegnp.exe',
  '\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.txt',
  '\xff\xfe',
  '"&quot;\'onload=alert(1)',
]

let work = ''
let address = ''

/** Writes a page with the command line, and gives its address. */
function written(name: string, ...args: string[]): string {
  const path = join(work, name)
  const { code, stderr } = isoscope([...args, '-o', path])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return pathToFileURL(path).href
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-page-'))
  address = written('mini.html', 'html', 'mini.iso', 'mini-slim.iso')
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describeWith(['chromium'], 'the page in Chromium', () => {
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    browser = await startChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('dialog', (dialog) => {
      errors.push(`dialog: ${dialog.message()}`)
      dialog.dismiss()
    })
  })
  afterAll(() => browser.close())

  /** Opens an address as a new page would. */
  const open = async (url: string): Promise<void> => {
    await page.goto('about:blank')
    await page.goto(url)
    await page.waitForSelector('canvas[data-boxes]')
  }
  const rowNames = (): Promise<string[]> =>
    page.locator('[role=row][data-row] .name bdi').evaluateAll((cells) => cells.map((cell) => cell.textContent ?? ''))
  const tellsBytes = (selector: string): Promise<number> =>
    page.locator(`${selector} [data-bytes]`).evaluate((told) => Number(told.getAttribute('data-bytes')))

  it('opens from a file, draws, and has the names of all rows in the document', async () => {
    await open(address)
    expect(await page.title()).toBe('mini.iso – isoscope')
    const [, boxes] = /^(\d+) of/.exec((await page.locator('canvas').getAttribute('data-boxes')) ?? '')!
    expect(Number(boxes)).toBeGreaterThan(50)
    const colours = await page.evaluate(`(() => {
      const canvas = document.querySelector('canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return new Set(new Uint32Array(data.buffer)).size
    })()`)
    expect(colours).toBeGreaterThan(5)
    const names = await rowNames()
    expect(names).toHaveLength(48)
    expect(names).toContain('perl-5.42.0')
    expect(names).toContain('[not in store paths]')
  })

  it('sorts by a column, and says so', async () => {
    await open(address)
    const heading = page.locator('[role=columnheader]', { hasText: 'Store path' })
    await heading.getByRole('button').click()
    expect(await heading.getAttribute('aria-sort')).toBe('ascending')
    const names = await rowNames()
    expect(names.at(-1)).toBe('[not in store paths]')
    expect(names.slice(0, -1)).toEqual(names.slice(0, -1).sort())
    await page.locator('[role=columnheader].of-retained button').click()
    const retained = page.locator('[role=columnheader].of-retained')
    expect(await retained.getAttribute('aria-sort')).toBe('descending')
    expect((await rowNames())[0]).toBe('nixos-system-nixos-26.11pre-git')
  })

  it('searches, filters, and tells the sum of the matches', async () => {
    await open(address)
    await page.keyboard.press('/')
    await page.keyboard.type('perl')
    await page.waitForSelector('.sums strong')
    expect((await rowNames()).every((name) => name.includes('perl'))).toBe(true)
    const sum = await tellsBytes('.sums')
    const report = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString())
    const perl = report.storePaths.find(({ name }: { name: string }) => name === 'perl-5.42.0').own
    expect(sum).toBeGreaterThanOrEqual(perl)
    await page.getByText('Files', { exact: true }).click()
    const files = await rowNames()
    expect(files.length).toBeGreaterThan(0)
    expect(files.every((name) => name.includes('perl'))).toBe(true)
  })

  it('groups by directory, says whose a file is, and shows a package where it is chosen among the rows', async () => {
    const image = join(work, 'mixed.squashfs')
    writeFileSync(image, squashfsOf(NIX_ON_DEBIAN))
    const rows = JSON.parse(
      `[${isoscope([image, '--by', 'file', '-f', 'ndjson', '-n', '0']).stdout.toString().trim().replaceAll('\n', ',')}]`,
    ) as { path: string; own: number }[]
    const bytesBelow = (path: string): string =>
      rows.reduce((sum, row) => sum + (`${row.path}/`.startsWith(path) ? row.own : 0), 0).toLocaleString('en-US')
    const isChosen = (name: string): Promise<boolean> => page.getByRole('radio', { name, exact: true }).isChecked()
    const row = (name: string) => page.locator('[role=row][data-row]', { hasText: name }).first()

    await open(written('mixed.html', 'html', image, '--by', 'directory'))
    expect(await isChosen('directory')).toBe(true)
    expect((await rowNames()).sort()).toEqual(expect.arrayContaining(['bin', 'etc', 'lib', 'nix', 'usr', 'var']))
    await row('usr').click()
    expect(await page.locator('aside dd').allTextContents()).toContain(bytesBelow('/usr/'))
    await row('usr').dblclick()
    await row('bin').dblclick()
    await row('bash').click()
    expect(await page.locator('aside').textContent()).toContain('In this packagebash 5.2.15-2')
    // A package has no place of its own among directories, so the map shows packages.
    await page.getByText('Store paths and packages', { exact: true }).click()
    await row('vim').click()
    expect(await isChosen('place')).toBe(true)
    expect(await page.locator('aside h2').textContent()).toBe('vim 2:9.0.1378-2')

    await open(written('files.html', 'html', image, '--by', 'file'))
    expect(await isChosen('Files')).toBe(true)
    expect(await rowNames()).toContain('usr/bin/bash')
    await open(written('packages.html', 'html', image, '--by', 'package'))
    expect(await isChosen('package')).toBe(true)
    expect(await rowNames()).toContain('libc6')
  })

  it('pretends to remove what `isoscope without` removes, undoes it, and keeps it in the link', async () => {
    await open(address)
    const total = async (): Promise<number> => tellsBytes('.removal')
    for (const name of ['perl-5.42.0', 'nix-manual-2.31.2']) {
      await page.getByLabel(`pretend that ${name} is removed`).check()
    }
    const { stdout } = isoscope(['without', 'mini.iso', 'perl', 'nix-manual', '--json'])
    const both = await total()
    expect(both).toBe(JSON.parse(stdout.toString()).after)
    const link = page.url()
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await total()).toBeGreaterThan(both)
    await page.keyboard.press('Control+z')
    expect(await page.locator('.removal').isHidden()).toBe(true)
    await open(link)
    expect(await total()).toBe(both)
    await page.getByRole('button', { name: 'put back perl-5.42.0' }).click()
    expect(await total()).toBeGreaterThan(both)
    await page.getByRole('button', { name: 'Put all back' }).click()
    expect(await page.locator('.removal').isHidden()).toBe(true)
  })

  it('zooms by mouse and by links of a place', async () => {
    await open(address)
    const canvas = page.locator('canvas')
    const { width, height } = (await canvas.boundingBox())!
    await canvas.dblclick({ position: { x: width / 3, y: height / 2 } })
    const place = (): Promise<string[]> =>
      page.locator('.crumbs button').evaluateAll((links) => links.map((link) => link.textContent ?? ''))
    expect(await place()).toHaveLength(2)
    const link = page.url()
    await page.locator('.crumbs button').first().click()
    expect(await place()).toEqual(['mini.iso'])
    await open(link)
    expect(await place()).toHaveLength(2)
  })

  it('has everything in reach of the keyboard', async () => {
    await open(address)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('[role=grid]').getAttribute('aria-label')).toMatch(/^in /)
    await page.keyboard.press('/')
    await page.keyboard.type('store.squash')
    await page.waitForSelector('.sums strong')
    await page.locator('[role=row][tabindex="0"]').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('.crumbs [aria-current]').textContent()).toBe('nix-store.squashfs')
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate('document.activeElement.dataset.row')).toBe('1')
    await page.keyboard.press('Space')
    expect(await page.locator('.removal').isHidden()).toBe(false)
    await page.locator('.map').focus()
    await page.keyboard.press('Escape')
    expect(await page.locator('.crumbs button').count()).toBe(1)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    expect(await page.locator('.crumbs button').count()).toBe(2)
  })

  it('pretends to follow advice, which frees what `isoscope advise` says', async () => {
    await open(`${address}#tab=advice`)
    const { advice } = JSON.parse(isoscope(['advise', 'mini.iso', '--json']).stdout.toString())
    const counted = advice.filter(({ saves }: { saves?: number }) => saves !== undefined)
    for (const { title, saves } of counted) {
      const button = page.locator('.advice').getByRole('button', { name: `Pretend to follow it: ${title}` })
      await button.click()
      expect(await tellsBytes('.removal')).toBe(2_097_152 - saves)
      await page
        .locator('.advice')
        .getByRole('button', { name: `Put back: ${title}` })
        .click()
    }
    expect(counted.length).toBeGreaterThan(1)
    await page.getByRole('button', { name: 'Pretend to follow it' }).first().click()
    const [bytes, link] = [await tellsBytes('.removal'), page.url()]
    await open(link)
    expect(await tellsBytes('.removal')).toBe(bytes)
  })

  it('shows why a store path is there, and what a cut frees', async () => {
    await open(written('why.html', 'why', 'mini.iso', 'perl'))
    const panel = page.locator('.panel')
    expect(await panel.locator('h2').textContent()).toBe('perl-5.42.0')
    expect(await panel.getByRole('heading', { name: 'Shortest chain' }).count()).toBe(1)
    await panel.getByRole('button', { name: 'Pretend cut' }).first().click()
    expect(await page.locator('.removal').isHidden()).toBe(false)
    expect(await tellsBytes('.removal')).toBeLessThan(2_097_152)
  })

  it('shows what grew, shrank, came and went', async () => {
    await open(written('diff.html', 'diff', 'mini.iso', 'mini-slim.iso'))
    expect(await page.locator('h1').textContent()).toBe('mini.iso → mini-slim.iso')
    expect(await page.locator('.legend').textContent()).toMatch(/gone/)
    const names = await rowNames()
    expect(names).toContain('nixos-manual-html')
    await page.locator('[role=row]', { hasText: 'nixos-manual-html' }).first().click()
    await page.getByRole('button', { name: 'See in the old image' }).click()
    expect(await page.locator('h1').textContent()).toBe('mini.iso')
    expect(await page.locator('.panel h2').textContent()).toBe('nixos-manual-html')
  })

  it('shows hostile names as text', async () => {
    const image = join(work, '<img src=x onerror=alert(1)>.squashfs')
    writeFileSync(image, squashfsOf(Object.fromEntries(HOSTILE.map((name) => [name, 'content']))))
    await open(written('hostile.html', 'html', image))
    const names = await rowNames()
    expect(names).toContain('<img src=x onerror=alert(1)>')
    expect(names).toContain('\\x1b[31mred\\x07')
    expect(names).toContain('\\u202egnp.exe')
    expect(names).toContain('שלום.txt')
    expect(await page.locator('img, body script:not(#data):not(#data + script)').count()).toBe(0)
    await page.locator('[role=row]', { hasText: '<img' }).first().click()
    expect(await page.locator('.panel h2').textContent()).toBe('<img src=x onerror=alert(1)>')
  })

  it.each(['light', 'dark'] as const)('has no violation that axe finds, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await open(`${address}#find=perl&without=3`)
    const violations: string[] = []
    for (const tab of ['', 'Files', 'Advice']) {
      if (tab !== '') await page.getByText(tab, { exact: true }).click()
      // The policy of the page lets no script in, but what the driver runs.
      await page.evaluate(AXE)
      const found = await page.evaluate<AxeResults>('axe.run(document, { iframes: false })')
      for (const { id, nodes } of found.violations) violations.push(`${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }
    expect(violations).toEqual([])
  })

  it('prints the whole table', async () => {
    await open(address)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.tools').isVisible()).toBe(false)
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
    const empty = page.locator('[role=row][data-row]:not(:has(.of-own))')
    expect(await empty.count()).toBe(0)
    await page.emulateMedia({ media: 'screen' })
  })

  it('asked nothing but its own file, and reported no error', () => {
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
    expect(errors).toEqual([])
  })
})

describeWith(['firefox-esr'], 'the page in Firefox', () => {
  it('opens from a file, draws, and searches', async () => {
    const firefox = await startFirefox()
    try {
      await firefox.open(address)
      const drawn = `new Promise((resolve) => {
        const look = () => {
          const boxes = document.querySelector('canvas')?.dataset.boxes
          if (boxes === undefined) setTimeout(look, 50)
          else resolve(boxes)
        }
        look()
      })`
      expect(Number.parseInt(String(await firefox.evaluate(drawn)), 10)).toBeGreaterThan(50)
      const below = `document.querySelector('.legend').offsetTop - document.querySelector('canvas').getBoundingClientRect().bottom`
      expect(await firefox.evaluate(below)).toBeGreaterThan(0)
      await firefox.evaluate(`document.querySelector('#find').focus()`)
      await firefox.type('perl')
      const sum = `new Promise((resolve) => {
        const look = () => {
          const told = document.querySelector('.sums strong')?.dataset.bytes
          if (told === undefined) setTimeout(look, 50)
          else setTimeout(() => resolve(document.querySelector('.sums strong').dataset.bytes), 300)
        }
        look()
      })`
      expect(Number(await firefox.evaluate(sum))).toBeGreaterThan(20_000)
      const rows = await firefox.evaluate(
        `[...document.querySelectorAll('[data-row] .name')].map((cell) => cell.textContent).join('\\n')`,
      )
      expect(
        String(rows)
          .split('\n')
          .every((name) => name.includes('perl')),
      ).toBe(true)
      expect(rows).toContain('perl-5.42.0')
    } finally {
      await firefox.close()
    }
  })
})
