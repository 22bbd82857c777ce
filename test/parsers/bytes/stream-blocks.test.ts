import { describe, expect, it } from 'vitest'
import { blockAt, StreamBlockList, type StreamBlocks } from '../../../parsers/bytes/stream-blocks.ts'

/** [stored, unpacked] of each block, and whether it is stored. */
function told({ count, storedStarts, unpackedStarts, isStored }: StreamBlocks): unknown[] {
  return Array.from({ length: count }, (_, block) => [
    storedStarts[block + 1]! - storedStarts[block]!,
    unpackedStarts[block + 1]! - unpackedStarts[block]!,
    isStored[block],
  ])
}

function listOf(...blocks: readonly (readonly [stored: number, unpacked: number])[]): StreamBlockList {
  const list = new StreamBlockList()
  for (const [stored, unpacked] of blocks) list.add(stored, unpacked)
  return list
}

describe('blocks of a stream', () => {
  it('follow each other, and end with both sides', () => {
    const list = new StreamBlockList()
    list.addStored(500)
    list.add(10, 0)
    list.add(300, 1000)
    list.add(400, 2000)
    list.add(8, 0)
    const blocks = list.finish()
    expect(told(blocks)).toEqual([
      [500, 500, 1],
      [10, 0, 0],
      [300, 1000, 0],
      [400, 2000, 0],
      [8, 0, 0],
    ])
    expect([...blocks.storedStarts]).toEqual([0, 500, 510, 810, 1210, 1218])
    expect([...blocks.unpackedStarts]).toEqual([0, 500, 500, 1500, 3500, 3500])
  })

  it('are found by their unpacked bytes', () => {
    const blocks = listOf([10, 0], [300, 1000], [8, 0], [10, 0], [400, 2000], [8, 0]).finish()
    const starts = [0, 999, 1000, 2999].map((offset) => blocks.storedStarts[blockAt(blocks, offset)])
    expect(starts).toEqual([10, 10, 328, 328])
  })

  it('take the bytes that follow if they are small, so that no stream has many', () => {
    const many = Array.from({ length: 10_000 }, () => [3, 1] as const)
    const blocks = listOf([10, 0], [5, 0], ...many, [8, 0]).finish()
    expect(blocks.count).toBeLessThan(30_000 / 256 + 3)
    expect(told(blocks)[0]).toEqual([15, 0, 0])
    expect([blocks.storedStarts[blocks.count], blocks.unpackedStarts[blocks.count]]).toEqual([30_023, 10_000])
  })

  it('may be many', () => {
    const many = Array.from({ length: 1000 }, (_, index) => [300 + index, 500] as const)
    expect(told(listOf(...many).finish())).toEqual(many.map(([stored, unpacked]) => [stored, unpacked, 0]))
  })

  it.each([
    [
      3500,
      [
        [10, 0],
        [300, 1000],
        [400, 2000],
        [8, 0],
      ],
    ],
    [
      3000,
      [
        [10, 0],
        [300, 1000],
        [400, 2000],
        [8, 0],
      ],
    ],
    [
      2500,
      [
        [10, 0],
        [300, 1000],
        [400, 1500],
        [8, 0],
      ],
    ],
    [
      1000,
      [
        [10, 0],
        [300, 1000],
        [400, 0],
        [8, 0],
      ],
    ],
    [
      400,
      [
        [10, 0],
        [300, 400],
        [408, 0],
      ],
    ],
    [
      0,
      [
        [10, 0],
        [300, 0],
        [408, 0],
      ],
    ],
  ])('can be cut to %d unpacked bytes', (unpacked, rest) => {
    const list = listOf([10, 0], [300, 1000], [400, 2000], [8, 0])
    list.cutUnpacked(unpacked)
    expect(list.unpacked).toBe(Math.min(unpacked, 3000))
    expect(told(list.finish())).toEqual(rest.map((block) => [...block, 0]))
  })

  it('may be none', () => {
    expect(new StreamBlockList().finish()).toMatchObject({ count: 0, storedStarts: Float64Array.of(0) })
  })
})
