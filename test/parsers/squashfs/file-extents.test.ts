import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../parsers/bytes/limits.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import type { StoredRun } from '../../../parsers/image.ts'
import { fileExtents } from '../../../parsers/squashfs/file-extents.ts'

const BLOCK = 4096
const source = bytesSource(new Uint8Array(100_000), 'test.squashfs')

const run = (offset: number, storedLength: number, more: Partial<StoredRun> = {}): StoredRun => ({
  offset,
  storedLength,
  length: BLOCK,
  skip: 0,
  unpackedLimit: BLOCK,
  codec: 'zstd',
  ...more,
})
const hole: StoredRun = run(0, 0, { codec: 'hole' })

function extents(runs: readonly StoredRun[], left = 100): object[] {
  return [...fileExtents(source, runs, { left }, DEFAULT_LIMITS)]
}

describe('the extents of a file', () => {
  it('are one for neighbours that are stored alike', () => {
    expect(extents([run(100, 50), run(150, 70), run(220, 30)])).toEqual([
      { at: 0, offset: 100, length: 150, unpacked: 3 * BLOCK, codec: 'zstd' },
    ])
    expect(extents([run(100, 50), run(150, BLOCK, { codec: 'stored' }), run(150 + BLOCK, 30)])).toEqual([
      { at: 0, offset: 100, length: 50, unpacked: BLOCK, codec: 'zstd' },
      { at: BLOCK, offset: 150, length: BLOCK, unpacked: BLOCK, codec: 'stored' },
      { at: 2 * BLOCK, offset: 150 + BLOCK, length: 30, unpacked: BLOCK, codec: 'zstd' },
    ])
    expect(extents([run(100, 50), run(151, 70)])).toHaveLength(2)
  })

  it('leave out holes, and go on behind them at their place in the content', () => {
    expect(extents([hole, run(100, 50), hole, hole, run(150, 70), hole])).toEqual([
      { at: BLOCK, offset: 100, length: 50, unpacked: BLOCK, codec: 'zstd' },
      { at: 4 * BLOCK, offset: 150, length: 70, unpacked: BLOCK, codec: 'zstd' },
    ])
    expect(extents([hole, hole])).toEqual([])
    expect(extents([])).toEqual([])
  })

  it('keep the tail in a fragment apart, and say where in it', () => {
    const tail = run(150, 900, { length: 10, skip: 300, fragment: true })
    expect(extents([run(100, 50), tail])).toEqual([
      { at: 0, offset: 100, length: 50, unpacked: BLOCK, codec: 'zstd' },
      { at: BLOCK, offset: 150, length: 900, unpacked: 10, codec: 'zstd', skip: 300 },
    ])
    // The first in its fragment has nothing to skip, and is in a fragment all the same.
    expect(extents([{ ...tail, skip: 0 }])).toMatchObject([{ skip: 0 }])
  })

  it('are refused where the block lists of all that is listed are too long', () => {
    const budget = { left: 5 }
    const list = (): object[] => [...fileExtents(source, [run(100, 50), run(150, 50)], budget, DEFAULT_LIMITS)]
    expect([list(), list()]).toMatchObject([[{ length: 100 }], [{ length: 100 }]])
    expect(list).toThrow(
      'test.squashfs: block list at 0x96: the listed files have too many blocks; the limit is blocks=16777216, and --parser-limit sets another',
    )
  })
})
