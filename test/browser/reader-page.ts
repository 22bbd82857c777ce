import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A busy machine takes more than the usual second. */
export const PATIENT = { timeout: 30_000 } as const

/** Waits until a page shows an image, or says why it cannot. @returns what it says; '' for nothing */
export async function shownOrFailed(page: Page): Promise<string> {
  await page.waitForSelector('canvas[data-boxes], #failed:not([hidden])')
  return (await page.locator('#failed').textContent()) ?? ''
}

/** What a page that reads images saves. */
export async function savedFrom(page: Page, format: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-format=${format}]`).click()])
  return readFileSync(await download.path(), 'utf8')
}

export async function expectNoViolationsIn(page: Page): Promise<void> {
  // The policy of the page refuses scripts, but not those of the debugger.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
}
