import { describe, expect, it } from 'vitest'
import { RecentBlocks } from '../../src/images/recent-blocks.ts'

describe('the blocks that were used last', () => {
  const filled = (dropped: string[] = []): RecentBlocks<string> => {
    const blocks = new RecentBlocks<string>(30, (value) => dropped.push(value))
    for (const [index, name] of ['a', 'b', 'c'].entries()) blocks.add(index, 1, 10, name)
    return blocks
  }

  it('make room for a new one, that which was not used for longest first', () => {
    const dropped: string[] = []
    const blocks = filled(dropped)
    expect(blocks.get(0, 1)).toBe('a')
    blocks.add(3, 1, 10, 'd')
    expect(dropped).toEqual(['b'])
    expect([0, 1, 2, 3].map((offset) => blocks.get(offset, 1))).toEqual(['a', undefined, 'c', 'd'])
  })

  it('have one length at an offset', () => {
    const dropped: string[] = []
    const blocks = filled(dropped)
    expect(blocks.get(0, 2)).toBeUndefined()
    blocks.add(0, 2, 10, 'another')
    expect(dropped).toEqual(['a'])
    expect([blocks.get(0, 1), blocks.get(0, 2)]).toEqual([undefined, 'another'])
  })

  it('keep a block that is larger than all of them may be, and no other', () => {
    const dropped: string[] = []
    const blocks = filled(dropped)
    blocks.add(3, 1, 100, 'large')
    expect(dropped).toEqual(['a', 'b', 'c'])
    expect(blocks.get(3, 1)).toBe('large')
  })
})
