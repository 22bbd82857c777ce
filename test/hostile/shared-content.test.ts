import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { settle } from '../../src/ledger/settle.ts'

const SIZE = 10_000

function mapOver(): ExtentMap {
  return new ExtentMap(bytesSource(new Uint8Array(SIZE), 'test'))
}

describe('groups', () => {
  it('too many to split are named, and no byte is lost', () => {
    const map = mapOver()
    const entries = Array.from({ length: 20_000 }, (_, index) => index)
    const groups = Array.from({ length: 1000 }, () => map.group(entries))
    for (const [index, group] of groups.entries()) map.claimContent(index * 10, 10, group)
    const { own, remainders } = settle(map, entries, 20_000)
    const split = own.reduce((sum, bytes) => sum + bytes, 0)
    expect(split).toBe(2000)
    expect(remainders).toEqual([{ kind: 'overlap', name: 'tangled claims', own: 8000 }])
  })
})
