import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { OwnerSets } from '../../parsers/bytes/owner-sets.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { settle } from '../../src/ledger/settle.ts'

const SIZE = 10_000
/** Entries of a map: more than any test claims for. */
const ENTRIES = 20_000

function mapOver(): ExtentMap {
  return new ExtentMap(bytesSource(new Uint8Array(SIZE), 'test'), ENTRIES)
}

/** Each entry an account of its own. */
const identity = Array.from({ length: 100 }, (_, index) => index)

describe('sets of entries', () => {
  it('share what they claim, split once for all of it', () => {
    const map = mapOver()
    const set = map.owners.setOf([3, 1, 2])
    for (let block = 0; block < 100; block += 1) map.claimContent(block * 10, 10, set)
    expect([...settle(map, identity, 100).own.slice(0, 4)]).toEqual([0, 334, 333, 333])
  })

  it('in one account take all of it, as an entry does', () => {
    const map = mapOver()
    map.claimContent(0, 101, map.owners.setOf([0, 1, 2]))
    const accountOf = identity.map(() => 0)
    expect([...settle(map, accountOf, 1).own]).toEqual([101])
  })

  it('share with entries and with other sets, each account once', () => {
    const map = mapOver()
    map.claimContent(0, 900, map.owners.setOf([0, 1]))
    map.claimContent(0, 900, map.owners.setOf([1, 2]))
    map.claimContent(0, 900, 2)
    expect([...settle(map, identity, 100).own.slice(0, 4)]).toEqual([300, 300, 300, 0])
  })

  it('share pieces of blocks', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 1000, 400, 'inode table')
    map.addPiece(block, 0, 200, map.owners.setOf([0, 1]))
    map.addPiece(block, 200, 200, 5)
    const { own } = settle(map, identity, 100)
    expect([own[0], own[1], own[5]]).toEqual([250, 250, 500])
  })

  it('are told, with the bytes they have in common', () => {
    const map = mapOver()
    map.claimContent(0, 100, map.owners.setOf([0, 1]))
    map.claimContent(100, 11, map.owners.setOf([1, 0]))
    map.claimContent(200, 50, 3)
    map.claimContent(200, 50, 4)
    map.claimContent(300, 70, map.owners.setOf([5, 6]))
    const block = map.claimBlock(1000, 1000, 400, 'fragment')
    map.addPiece(block, 0, 200, 0)
    map.addPiece(block, 0, 200, 1)
    map.addPiece(block, 200, 100, 3)
    const accountOf = identity.map((entry) => (entry === 6 ? 5 : entry))
    const { own, shared, remainders } = settle(map, accountOf, 100)
    expect(shared).toEqual([
      { accounts: [0, 1], shares: [306, 305], bytes: 100 + 11 + 500 },
      { accounts: [3, 4], shares: [25, 25], bytes: 50 },
    ])
    expect([...own.slice(0, 7)]).toEqual([306, 305, 0, 275, 25, 70, 0])
    expect(remainders).toContainEqual({ kind: 'structure', name: 'fragment', own: 250 })
  })

  it('too many to split are named, and no byte is lost', () => {
    const map = mapOver()
    const entries = Array.from({ length: 2000 }, (_, index) => index)
    const sets = Array.from({ length: 100 }, (_, left) => map.owners.setOf(entries.filter((index) => index !== left)))
    for (const [index, set] of sets.entries()) map.claimContent(index * 100, 100, set)
    const { own, remainders, warnings } = settle(map, entries, 2000, { ...DEFAULT_LIMITS, tangle: 20 * 1999 })
    const split = own.reduce((sum, bytes) => sum + bytes, 0)
    expect(split).toBe(2000)
    expect(remainders).toEqual([{ kind: 'overlap', name: 'tangled claims', own: 8000 }])
    expect(warnings.map(({ facts }) => facts.limit)).toEqual(['tangle=39980'])
  })
})

describe('OwnerSets', () => {
  it('gives each set one number, in whatever order and however often its owners are named', () => {
    const sets = new OwnerSets(10)
    expect(sets.setOf([7])).toBe(7)
    expect(sets.setOf([7, 7])).toBe(7)
    const set = sets.setOf([4, 2, 9, 2])
    expect(sets.setOf([2, 4, 9])).toBe(set)
    expect(sets.setOf([2, 4])).not.toBe(set)
    expect(sets.members(set)).toEqual([2, 4, 9])
    expect(sets.members(3)).toEqual([3])
    expect([sets.isSingle(3), sets.isSingle(set), sets.size]).toEqual([true, false, 12])
  })
})
