import { describe, expect, it } from 'vitest'
import { growingReads, pagedReads, wantedReads } from '../../src/platform/paged-reads.ts'

const PAGE = 1 << 18

/** No two pages are alike, and no two places in a page. */
const BYTES = new Uint8Array(Uint32Array.from({ length: (70 * PAGE) / 4 }, (_, index) => index * 0x9e3779b1).buffer)

/** Reads of these bytes, and the ranges that were loaded. */
function watched(size: number): {
  readonly read: (offset: number, length: number) => Uint8Array
  readonly loads: string[]
} {
  const loads: string[] = []
  const plan = growingReads(Math.ceil(size / PAGE))
  const pages = pagedReads((first, last, has) => {
    const { begin, end } = plan(first, last, has)
    const stop = Math.min(end * PAGE, size)
    loads.push(`${begin}-${stop / PAGE}`)
    return { begin, bytes: BYTES.slice(begin * PAGE, stop) }
  }, 64)
  return {
    loads,
    read(offset, length) {
      const bytes = new Uint8Array(length)
      pages.readInto(bytes, offset, length)
      expect(Buffer.compare(bytes, BYTES.subarray(offset, offset + length))).toBe(0)
      return bytes
    },
  }
}

describe('paged reads', () => {
  it('get a page once, and pages side by side at once', () => {
    const { read, loads } = watched(4.5 * PAGE)
    read(10, 20)
    read(PAGE - 5, 10)
    read(0, 4.5 * PAGE)
    read(4 * PAGE, PAGE / 2)
    read(3, 0)
    expect(loads).toEqual(['0-1', '1-3', '3-4.5'])
  })

  it('get twice as many while reads go on', () => {
    const { read, loads } = watched(40 * PAGE)
    for (let page = 0; page < 40; page += 1) read(page * PAGE, 1)
    expect(loads).toEqual(['0-1', '1-3', '3-7', '7-15', '15-31', '31-40'])
  })

  it('get what is before the last page with it', () => {
    const { read, loads } = watched(20.5 * PAGE)
    read(17 * PAGE, 1)
    read(20 * PAGE, 1)
    read(18 * PAGE, 2 * PAGE)
    expect(loads).toEqual(['17-18', '18-20.5'])
  })

  it('get the pages between those that are there', () => {
    const { read, loads } = watched(4 * PAGE)
    read(PAGE, 1)
    read(0, 4 * PAGE)
    expect(loads).toEqual(['1-2', '0-1', '2-4'])
  })

  it('keep the pages that were used last', () => {
    const { read, loads } = watched(70 * PAGE)
    for (let page = 63; page >= 0; page -= 1) read(page * PAGE, 1)
    read(63 * PAGE, 1)
    read(64 * PAGE, 1)
    loads.length = 0
    read(63 * PAGE, 1)
    read(61 * PAGE, 1)
    expect(loads).toEqual([])
    read(62 * PAGE, 1)
    expect(loads).toEqual(['62-63'])
  })

  it('go on where they got fewer than they asked for', () => {
    const asked: string[] = []
    const pages = pagedReads((first, last) => {
      asked.push(`${first}-${last}`)
      return { begin: first, bytes: BYTES.slice(first * PAGE, (first + 2) * PAGE) }
    }, 2)
    const bytes = new Uint8Array(5 * PAGE - 6)
    pages.readInto(bytes, 3, bytes.length)
    expect(Buffer.compare(bytes, BYTES.subarray(3, 5 * PAGE - 3))).toBe(0)
    expect(asked).toEqual(['0-4', '2-4', '4-4'])
  })

  it('get more than they keep in parts', () => {
    const { read, loads } = watched(70 * PAGE)
    read(0, 70 * PAGE)
    expect(loads).toEqual(['0-32', '32-64', '64-70'])
  })

  it('get what is said to be read soon with what is read, and nothing twice', () => {
    const wanted = new Set([3, 4, 5, 6, 9, 20, 21])
    const plan = wantedReads(21, (page) => wanted.has(page))
    const planned = (first: number, there: readonly number[] = []): string => {
      const { begin, end } = plan(first, first, (page) => there.includes(page))
      return `${begin}-${end}`
    }
    expect(planned(5)).toBe('3-7')
    expect(planned(5, [4])).toBe('5-7')
    expect(planned(4, [6])).toBe('3-6')
    // What follows what was guessed, too.
    expect(planned(8)).toBe('8-10')
    expect(planned(12)).toBe('12-13')
    expect(planned(20)).toBe('20-21')
    const all = wantedReads(100, () => true)
    expect(all(50, 50, () => false)).toEqual({ begin: 50, end: 82 })
  })
})
