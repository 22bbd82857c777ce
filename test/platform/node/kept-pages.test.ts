import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keptPages } from '../../../src/platform/node/kept-pages.ts'

const PAGE = 1 << 18

/** A page that is like no other. The last one of a file is short. */
function page(number: number, length = PAGE): Uint8Array {
  return new Uint8Array(length).fill(number + 1)
}

function numbersOf(pages: ReturnType<typeof keptPages>, most: number): number[] {
  return Array.from({ length: most }, (_, number) => number).filter((number) => pages.has(number))
}

describe('pages that are kept', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'isoscope-pages-'))
    vi.stubEnv('TMPDIR', folder)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are those that were used last, in memory and then in a file without a name', () => {
    const pages = keptPages(2, 3)
    for (let number = 0; number < 5; number += 1) pages.add(number, page(number))
    expect(numbersOf(pages, 9)).toEqual([0, 1, 2, 3, 4])
    expect(readdirSync(folder)).toEqual([])
    // Page 0 comes out of the file, and page 1 is the one that was used longest ago.
    expect(pages.get(0)).toEqual(page(0))
    pages.add(5, page(5))
    pages.add(6, page(6, 100))
    pages.add(7, page(7))
    pages.add(8, page(8))
    const kept = numbersOf(pages, 9)
    expect(kept).toHaveLength(5)
    expect(kept).toEqual(expect.arrayContaining([6, 7, 8]))
    for (const number of kept) expect(pages.get(number)).toEqual(page(number, number === 6 ? 100 : PAGE))
    expect(pages.get(1)).toBeUndefined()
  })

  it('are read back as they were, whatever the order', () => {
    const pages = keptPages(3, 1000)
    const order = Array.from({ length: 60 }, (_, index) => (index * 37) % 60)
    for (const number of order) pages.add(number, page(number))
    for (const number of [...order].reverse()) expect(pages.get(number)?.[PAGE - 1]).toBe(number + 1)
    for (const number of order) expect(pages.get(number)?.[0]).toBe(number + 1)
  })

  it('are fewer where there is no room for a file', () => {
    rmSync(folder, { recursive: true })
    const pages = keptPages(2, 3)
    for (let number = 0; number < 5; number += 1) pages.add(number, page(number))
    expect(numbersOf(pages, 5)).toEqual([3, 4])
    expect(pages.get(0)).toBeUndefined()
    expect(pages.get(4)).toEqual(page(4))
  })
})
