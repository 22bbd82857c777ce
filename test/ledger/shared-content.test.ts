import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { settle } from '../../src/ledger/settle.ts'

const SIZE = 10_000

function mapOver(): ExtentMap {
  return new ExtentMap(bytesSource(new Uint8Array(SIZE), 'test'))
}

/** Each entry an account of its own. */
const identity = Array.from({ length: 100 }, (_, index) => index)

describe('groups', () => {
  it('share what they claim, split once for all of it', () => {
    const map = mapOver()
    const group = map.group([3, 1, 2])
    for (let block = 0; block < 100; block += 1) map.claimContent(block * 10, 10, group)
    expect([...settle(map, identity, 100).own.slice(0, 4)]).toEqual([0, 334, 333, 333])
  })

  it('in one account take all of it, as an entry does', () => {
    const map = mapOver()
    map.claimContent(0, 101, map.group([0, 1, 2]))
    const accountOf = identity.map(() => 0)
    expect([...settle(map, accountOf, 1).own]).toEqual([101])
  })

  it('share with entries and with other groups, each account once', () => {
    const map = mapOver()
    map.claimContent(0, 900, map.group([0, 1]))
    map.claimContent(0, 900, map.group([1, 2]))
    map.claimContent(0, 900, 2)
    expect([...settle(map, identity, 100).own.slice(0, 4)]).toEqual([300, 300, 300, 0])
  })

  it('share pieces of blocks', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 1000, 400, 'inode table')
    map.addPiece(block, 0, 200, map.group([0, 1]))
    map.addPiece(block, 200, 200, 5)
    const { own } = settle(map, identity, 100)
    expect([own[0], own[1], own[5]]).toEqual([250, 250, 500])
  })

  it('are told, with the bytes they have in common', () => {
    const map = mapOver()
    map.claimContent(0, 100, map.group([0, 1]))
    map.claimContent(100, 11, map.group([1, 0]))
    map.claimContent(200, 50, 3)
    map.claimContent(200, 50, 4)
    map.claimContent(300, 70, map.group([5, 6]))
    const block = map.claimBlock(1000, 1000, 400, 'fragment')
    map.addPiece(block, 0, 200, 0)
    map.addPiece(block, 0, 200, 1)
    map.addPiece(block, 200, 100, 3)
    const accountOf = identity.map((entry) => (entry === 6 ? 5 : entry))
    const { own, shared, remainders } = settle(map, accountOf, 100)
    expect(shared).toEqual([
      { accounts: [3, 4], shares: [25, 25], bytes: 50 },
      { accounts: [0, 1], shares: [306, 305], bytes: 100 + 11 + 500 },
    ])
    expect([...own.slice(0, 7)]).toEqual([306, 305, 0, 275, 25, 70, 0])
    expect(remainders).toContainEqual({ kind: 'structure', name: 'fragment', own: 250 })
  })
})
