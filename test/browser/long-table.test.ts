import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeManyFiles } from '../../bench/many-files.js'
import { startChromium } from '../../bench/pages.js'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'

const FILES = 100_000
/** How long a change may take to show, in milliseconds. */
const PATIENCE = { timeout: 20_000 }
/** Rows near a screen, and what else a page consists of. It does not depend on the number of files. */
const MOST_ELEMENTS = 8000

describeWith(['chromium', 'sqfstar'], 'a table of 100,000 files', () => {
  let work = ''
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-long-'))
    const [image, html] = [join(work, 'many.squashfs'), join(work, 'many.html')]
    writeManyFiles(image, FILES)
    expect(isoscope(['html', image, '-o', html])).toMatchObject({ code: 0, stderr: '' })
    browser = await startChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`${pathToFileURL(html).href}#tab=files`)
    await page.waitForSelector('canvas[data-boxes]')
  }, 300_000)
  afterAll(async () => {
    await browser.close()
    rmSync(work, { recursive: true, force: true })
  })

  /** The names in the document, in their order: of rows, and of rows that are no elements. */
  const names = async (): Promise<readonly string[]> => {
    const read = `[...document.querySelectorAll('.chunk')].flatMap((chunk) =>
      chunk.classList.contains('names') ? chunk.textContent.split('\\n')
      : [...chunk.children].map((row) => row.querySelector('.name bdi').textContent))`
    return page.evaluate(read)
  }
  const elements = async (): Promise<number> => page.evaluate(`document.querySelectorAll('*').length`)
  const focused = async (): Promise<string> =>
    page.evaluate(`document.activeElement.getAttribute('aria-rowindex') + ' ' + document.activeElement.children.length`)
  const isInView = async (): Promise<boolean> =>
    page.evaluate(`(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect()
      return top >= document.querySelector('.table-head').getBoundingClientRect().bottom - 1 && bottom <= innerHeight
    })()`)

  it('has the names of all files in the document, of which few are elements', async () => {
    const all = await names()
    expect(all).toHaveLength(FILES)
    expect(new Set(all.map((name) => name.replace(/^.*\/file-/, ''))).size).toBe(FILES)
    expect(await elements()).toBeLessThan(MOST_ELEMENTS)
    expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(FILES + 1))
    // What is no row is not read out as one.
    expect(await page.locator('.names:not([aria-hidden=true])').count()).toBe(0)
  })

  it('leads the keyboard to the first row and to the last, each with all cells and in view', async () => {
    await page.locator('[role=row][tabindex="0"]').focus()
    for (const [key, index] of [
      ['End', FILES + 1],
      ['ArrowUp', FILES],
      ['PageUp', FILES - 15],
      ['Home', 2],
      ['ArrowDown', 3],
    ] as const) {
      await page.keyboard.press(key)
      expect(await focused()).toBe(`${index} 6`)
      await expect.poll(isInView, PATIENCE).toBe(true)
    }
    expect(await page.locator('[data-row][tabindex="0"]').count()).toBe(1)
  })

  it('makes rows where a reader scrolls to, and takes away those that are far', async () => {
    for (const part of [0.2, 0.5, 0.8, 0.4]) {
      await page.evaluate(`scrollTo(0, document.body.scrollHeight * ${part})`)
      const shown = `document.elementFromPoint(300, 400)?.closest('[data-row]')?.dataset.row`
      await expect.poll(() => page.evaluate(shown), PATIENCE).toMatch(/^\d+$/)
      expect(Number(await page.evaluate(shown)) / FILES).toBeCloseTo(part, 1)
    }
    await expect.poll(elements, PATIENCE).toBeLessThan(MOST_ELEMENTS)
    expect(await names()).toHaveLength(FILES)
  })

  it('finds a file that is far from the screen as a browser finds text', async () => {
    await page.evaluate('scrollTo(0, 0)')
    const last = (await names()).at(-1)!
    const found = await page.evaluate(
      `(() => { getSelection().removeAllRanges(); return find(${JSON.stringify(last)}) })()`,
    )
    expect(found).toBe(true)
    // It comes into view, and becomes a row.
    await expect.poll(() => page.locator(`[data-row="${FILES - 1}"]`).isVisible(), PATIENCE).toBe(true)
  })

  it('sorts and searches all of them', async () => {
    await page.locator('[role=columnheader].of-name button').click()
    const sorted = await names()
    expect(sorted).toEqual([...sorted].sort())
    await page.keyboard.press('/')
    await page.keyboard.type('file-77')
    const matches = Array.from({ length: FILES }, (_, file) => String(file)).filter((file) => file.startsWith('77'))
    await expect.poll(async () => (await names()).length, PATIENCE).toBe(matches.length)
    expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(matches.length + 1))
    expect((await names()).every((name) => name.includes('file-77'))).toBe(true)
  })
})
