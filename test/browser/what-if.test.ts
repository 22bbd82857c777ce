import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { neighbours, type Reference } from '../../src/graph/reference-graph.ts'
import { type Explorer, opened, startExplorer } from '../../src/present/terminal/explorer.ts'
import { Random } from '../agreement/random.ts'
import { IMAGES, isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { explorationOf, pressed, screenOf } from '../present/terminal/explored.ts'

/** An image of the user's: `WHAT_IF_IMAGE=nixos.iso npx vitest run test/browser/what-if.test.ts`. */
const IMAGE = process.env['WHAT_IF_IMAGE']

/** Owners and references to remove together. Owners are numbers of the graph. */
interface RandomSet {
  readonly owners: readonly number[]
  readonly references: readonly Reference[]
}

/** Sets of up to 6 owners and up to 8 references of an image; none is empty. */
function randomSets({ exploration }: Explorer, count: number): readonly RandomSet[] {
  const { keys, references } = exploration.sizes.graph
  const edges = [...keys.keys()].flatMap((from) =>
    [...neighbours(references, from)].filter((to) => to !== from).map((to) => ({ from, to })),
  )
  const random = new Random('what if')
  const some = <One>(all: readonly One[], most: number): readonly One[] => [
    ...new Set(Array.from({ length: random.below(most + 1) }, () => random.pick(all))),
  ]
  return Array.from({ length: count }, () => {
    const owners = some([...keys.keys()], 6)
    const cut = some(edges, 8)
    return { owners, references: owners.length + cut.length > 0 ? cut : [random.pick(edges)] }
  })
}

/** What the header of the explorer says once keys removed a set. */
function inExplorer(start: Explorer, { owners, references }: RandomSet): number {
  let state = start
  for (const owner of owners) state = pressed(opened(state, { kind: 'all' }, String(owner)), 'x')
  for (const { from, to } of references)
    state = pressed(opened(state, { kind: 'references', of: from }, String(to)), 'X')
  const [, bytes, removed] = /\(−?([\d,]+) bytes, ([\d,]+) removed\)/.exec(
    screenOf(state, { columns: 200, rows: 24 })[0]!,
  )!
  expect(Number(removed)).toBe(owners.length + references.length)
  return Number(bytes!.replaceAll(',', ''))
}

/** What the bar of the page says once a link removed a set. */
async function inPage(page: Page, { owners, references }: RandomSet): Promise<number> {
  const words = [...owners, ...references.map(({ from, to }) => `${from}-${to}`)]
  const read = `new Promise((resolve) => {
    addEventListener('hashchange', () => resolve(document.querySelector('.removal [data-bytes]').dataset.bytes), { once: true })
    location.hash = '#without=${words.join('+').replaceAll('+', '%20')}'
  })`
  return Number(await page.evaluate(read))
}

describeWith(['chromium'], 'what if', () => {
  let browser: Browser
  let work = ''
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-what-if-'))
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(work, { recursive: true, force: true })
  })

  const allAgree = async (image: string, count: number): Promise<void> => {
    const start = startExplorer(await explorationOf(image), 'iec')
    const { directory, image: summary } = start.exploration.inventory
    const nameOf = (node: number): string => `${directory}/${start.exploration.sizes.graph.keys[node]!}`
    const html = join(work, 'page.html')
    const cached = { XDG_CACHE_HOME: work }
    isoscope(['html', image, '-o', html], cached)
    const page = await browser.newPage()
    await page.goto(pathToFileURL(html).href)
    await page.waitForSelector('canvas[data-boxes]')
    let freeing = 0
    for (const set of randomSets(start, count)) {
      const names = [
        ...set.owners.map(nameOf),
        ...set.references.map(({ from, to }) => `${nameOf(from)} -> ${nameOf(to)}`),
      ]
      const { stdout } = isoscope(['without', image, ...names, '--json'], cached)
      const { freed } = JSON.parse(stdout.toString()) as { freed: number }
      const told = { explorer: inExplorer(start, set), page: summary.size - (await inPage(page, set)) }
      expect(told, names.join(' ')).toEqual({ explorer: freed, page: freed })
      if (freed > 0) freeing += 1
    }
    await page.close()
    expect(freeing).toBeGreaterThan(count / 2)
  }

  it('has one answer in the explorer, the page and `isoscope without`, for 40 random sets', {
    timeout: 300_000,
  }, async () => {
    await allAgree(join(IMAGES, 'mini.iso'), 40)
  })

  const title = `has one answer for 200 random sets of ${IMAGE ?? 'the image that WHAT_IF_IMAGE names, which is not set'}`
  it.skipIf(IMAGE === undefined)(title, { timeout: 900_000 }, async () => {
    await allAgree(IMAGE!, 200)
  })
})
