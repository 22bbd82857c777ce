import { describe, expect, it } from 'vitest'
import { estimatePacking } from '../../../src/analyses/advise/packing.ts'
import { mksquashfsWords, packingChoices } from '../../../src/analyses/advise/packing-choices.ts'
import { blocksOf } from '../../../src/images/packing-units.ts'
import { sampleOf } from '../../../src/inventory/packing-sample.ts'

const ZSTD = { compressor: 'zstd', options: 'level 22', blockSize: 1 << 20 }

describe('an estimate of another packing', () => {
  it('is exact for a sample of everything', () => {
    const sample = [
      { stored: 100, lengths: [90] },
      { stored: 300, lengths: [210] },
    ]
    expect(estimatePacking([ZSTD], sample, { stored: 400, raw: 50, count: 2 })).toEqual([
      { settings: ZSTD, bytes: 350, delta: -100, error: 0 },
    ])
  })

  it('has an error that a sample of equal units does not have', () => {
    const equal = [100, 200, 300].map((stored) => ({ stored, lengths: [stored / 2] }))
    const [same] = estimatePacking([ZSTD], equal, { stored: 6000, raw: 0, count: 30 })
    expect([same!.bytes, same!.error]).toEqual([3000, 0])
    const other = [...equal, { stored: 200, lengths: [200] }]
    expect(estimatePacking([ZSTD], other, { stored: 6000, raw: 0, count: 30 })[0]!.error).toBeGreaterThan(500)
  })

  it('knows no error of one unit of many', () => {
    const [one] = estimatePacking([ZSTD], [{ stored: 10, lengths: [5] }], { stored: 100, raw: 0, count: 10 })
    expect(one!.error).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes a sample that is spread over the image, and the same each time', () => {
    const lengths = Array.from({ length: 100 }, () => 10)
    expect(sampleOf(lengths, 50)).toEqual([10, 30, 50, 70, 90])
    expect(sampleOf(lengths, 5000)).toHaveLength(100)
    expect(sampleOf(lengths, 1)).toHaveLength(1)
    expect(sampleOf([], 1)).toEqual([])
  })

  it('tries each compressor with the blocks that there are, and other blocks with the own one', () => {
    const found = [
      { name: 'gzip', level: 9 },
      { name: 'zstd', level: 19 },
      { name: 'xz', level: 'x86' as const },
    ]
    const choices = packingChoices({ compressor: 'zstd', options: 'level 19', blockSize: 1 << 17 }, found)
    expect(choices.map(({ settings, isNow }) => [mksquashfsWords(settings), settings.blockSize, isNow])).toEqual([
      ['gzip -Xcompression-level 9', 1 << 17, false],
      ['zstd -Xcompression-level 19', 1 << 17, true],
      ['xz -Xdict-size 100% -Xbcj x86', 1 << 17, false],
      ['zstd -Xcompression-level 19', 1 << 18, false],
      ['zstd -Xcompression-level 19', 1 << 19, false],
      ['zstd -Xcompression-level 19', 1 << 20, false],
    ])
  })
})

describe('blocks as mksquashfs makes them', () => {
  const file = (length: number, isWhole = true) => ({ bytes: new Uint8Array(length), isWhole })
  const lengthsOf = (...args: Parameters<typeof blocksOf>): number[] => blocksOf(...args).map(({ length }) => length)

  it('joins small files, splits none of them, and keeps the tails of large ones apart', () => {
    expect(lengthsOf([file(30), file(40), file(250), file(50)], 100, false)).toEqual([100, 100, 50, 70, 50])
  })

  it('joins tails too if the image does', () => {
    expect(lengthsOf([file(30), file(250)], 100, true)).toEqual([100, 100, 80])
  })

  it('takes the end of a window for no small file', () => {
    expect(lengthsOf([file(60, false), file(30)], 100, false)).toEqual([60, 30])
  })
})
