import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { MAX_PLACES } from '../../src/ledger/remainders.ts'
import { settle } from '../../src/ledger/settle.ts'

const SIZE = 10_000
/** Entries of a map: more than any test claims for. */
const ENTRIES = 20_000

function mapOver(fill = 0): ExtentMap {
  return new ExtentMap(bytesSource(new Uint8Array(SIZE).fill(fill), 'test'), ENTRIES)
}

/** Each entry an account of its own. */
const identity = Array.from({ length: 100 }, (_, index) => index)

function remainder(map: ExtentMap, kind: string): number {
  return settle(map, identity, 100)
    .remainders.filter((row) => row.kind === kind)
    .reduce((sum, row) => sum + row.own, 0)
}

describe('settle', () => {
  it('counts unpacked bytes once where pieces of a block overlap', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 100, 200, 'block')
    map.addPiece(block, 0, 150, 1)
    map.addPiece(block, 100, 100, 2)
    const { own } = settle(map, identity, 100)
    // Of the second piece only the last 50 bytes are new: 150 and 50 of 200.
    expect([own[1], own[2]]).toEqual([75, 25])
  })

  it('splits what contents of different lengths share that begin at one place', () => {
    const map = mapOver()
    map.claimContent(0, 1000, 1)
    map.claimContent(0, 3000, 2)
    const { own } = settle(map, identity, 100)
    expect([own[1], own[2]]).toEqual([500, 500 + 2000])
  })

  it('posts a block that unpacks to nothing and has no pieces', () => {
    const map = mapOver()
    map.claimBlock(0, 100, 0, 'block')
    expect(settle(map, identity, 100).remainders.find(({ name }) => name === 'block')?.own).toBe(100)
  })

  it('posts content, structures, padding and gaps', () => {
    const map = mapOver()
    map.claimStructure(0, 96, 'superblock')
    map.claimContent(96, 1000, 3)
    const { own, remainders } = settle(map, identity, 100)
    expect(own[3]).toBe(1000)
    expect(remainders).toEqual([
      { kind: 'structure', name: 'superblock', own: 96 },
      { kind: 'padding', name: 'padding', own: SIZE - 1096 },
    ])
  })

  it('calls unclaimed bytes that are not zeros a gap, sector by sector', () => {
    const bytes = new Uint8Array(SIZE)
    bytes[5000] = 1
    const map = new ExtentMap(bytesSource(bytes, 'test'), ENTRIES)
    map.claimStructure(0, 1000, 'head')
    expect(remainder(map, 'gap')).toBe(2048)
    expect(remainder(map, 'padding')).toBe(SIZE - 1000 - 2048)
  })

  it('tells where gaps and overlaps lie, and parts with a name of their own', () => {
    const bytes = new Uint8Array(40 * 2048)
    for (const sector of [3, 4, 6, 20]) bytes[sector * 2048 + 7] = 1
    const map = new ExtentMap(bytesSource(bytes, 'test'), ENTRIES)
    map.claimStructure(0, 2048, 'head')
    map.claimStructure(1000, 2048, 'tail')
    map.claimStructure(8 * 2048, 2048, 'table')
    map.addRegion(7 * 2048, 3 * 2048, 'boot image')
    map.addRegion(9 * 2048, 2 * 2048, 'partition')
    const { remainders } = settle(map, identity, 100)
    expect(remainders.filter(({ places }) => places !== undefined)).toEqual([
      { kind: 'overlap', name: 'head over tail', own: 1048, places: [{ offset: 1000, length: 1048 }] },
      {
        kind: 'gap',
        name: 'unclaimed bytes',
        own: 4 * 2048,
        places: [
          { offset: 3 * 2048, length: 2 * 2048 },
          { offset: 6 * 2048, length: 2048 },
          { offset: 20 * 2048, length: 2048 },
        ],
      },
      {
        kind: 'structure',
        name: 'boot image',
        own: 2 * 2048,
        ownRegion: true,
        places: [
          { offset: 7 * 2048, length: 2048 },
          { offset: 9 * 2048, length: 2048 },
        ],
      },
      {
        kind: 'structure',
        name: 'partition',
        own: 2048,
        ownRegion: true,
        places: [{ offset: 10 * 2048, length: 2048 }],
      },
    ])
  })

  it('joins places over the borders of what it reads at once', () => {
    const map = new ExtentMap(bytesSource(new Uint8Array(5 << 20).fill(1), 'test'), ENTRIES)
    const [gap] = settle(map, identity, 100).remainders
    expect(gap).toEqual({
      kind: 'gap',
      name: 'unclaimed bytes',
      own: 5 << 20,
      places: [{ offset: 0, length: 5 << 20 }],
    })
  })

  it('lists so many places and counts the others', () => {
    const bytes = new Uint8Array(2 * 2048 * (MAX_PLACES + 5))
    for (let at = 0; at < bytes.length; at += 2 * 2048) bytes[at] = 1
    const [gap] = settle(new ExtentMap(bytesSource(bytes, 'test'), ENTRIES), identity, 100).remainders.filter(
      ({ kind }) => kind === 'gap',
    )
    expect(gap).toMatchObject({ own: 2048 * (MAX_PLACES + 5), morePlaces: 5 })
    expect(gap!.places!.length).toBe(MAX_PLACES)
  })

  it('splits an extent evenly over the accounts that share it, whatever number of files each has', () => {
    const map = mapOver()
    for (const entry of [0, 1, 2, 50]) map.claimContent(0, 101, entry)
    // Entries 0, 1 and 2 are one store path, 50 another.
    const accountOf = identity.map((entry) => (entry < 10 ? 0 : 1))
    expect([...settle(map, accountOf, 2).own]).toEqual([51, 50])
  })

  it('cuts extents that overlap in part, and shares only what both have', () => {
    const map = mapOver()
    map.claimContent(0, 100, 0)
    map.claimContent(50, 100, 1)
    expect([...settle(map, identity, 100).own.slice(0, 2)]).toEqual([75, 75])
  })

  it('names what structures and content both claim, and splits it over nobody', () => {
    const map = mapOver()
    map.claimStructure(0, 100, 'superblock')
    map.claimContent(90, 100, 0)
    const { own, remainders } = settle(map, identity, 100)
    expect(own[0]).toBe(90)
    const places = [{ offset: 90, length: 10 }]
    expect(remainders).toContainEqual({ kind: 'overlap', name: 'file content over superblock', own: 10, places })
  })

  it('splits a block of 12 MiB, whose pieces come in any order', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 900, 12 << 20, 'fragment')
    for (let piece = 8; piece >= 0; piece -= 1) map.addPiece(block, ((3 + piece) << 20) + piece, 1 << 20, piece)
    const { own } = settle(map, identity, 100)
    expect([...own.slice(0, 9)]).toEqual(Array(9).fill(75))
  })

  it('splits a block by the unpacked bytes of its pieces, shared pieces first among their owners', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 1000, 400, 'fragment')
    map.addPiece(block, 0, 100, 0)
    map.addPiece(block, 100, 200, 1)
    map.addPiece(block, 100, 200, 2)
    const { own, remainders } = settle(map, identity, 100)
    expect([...own.slice(0, 3)]).toEqual([250, 250, 250])
    expect(remainders).toContainEqual({ kind: 'structure', name: 'fragment', own: 250 })
  })

  it('takes the end of the last piece for the size of a block that does not tell', () => {
    const map = mapOver()
    const block = map.claimBlock(0, 300, 0, 'fragment')
    map.addPiece(block, 0, 100, 0)
    map.addPiece(block, 100, 200, 1)
    expect([...settle(map, identity, 100).own.slice(0, 2)]).toEqual([100, 200])
  })

  it('gives backgrounds only what nobody claims', () => {
    const map = mapOver(1)
    map.addBackground(0, 32768, 'structure', 'system area')
    map.addBackground(0, SIZE, 'unreadable', 'the rest')
    map.claimStructure(446, 64, 'MBR partition table')
    expect(settle(map, identity, 100).remainders).toEqual([
      { kind: 'structure', name: 'MBR partition table', own: 64 },
      { kind: 'structure', name: 'system area', own: SIZE - 64 },
    ])
  })

  it('clips claims to the source, as in a truncated file', () => {
    const map = mapOver()
    map.claimContent(SIZE - 10, 100, 0)
    map.claimContent(SIZE + 10, 100, 1)
    map.claimContent(-5, 10, 2)
    expect([...settle(map, identity, 100).own.slice(0, 3)]).toEqual([10, 0, 5])
  })

  it('agrees with counting byte by byte, for any claims', () => {
    const claim = fc.record({
      kind: fc.constantFrom('structure', 'content', 'content', 'block'),
      start: fc.integer({ min: 0, max: 300 }),
      length: fc.integer({ min: 0, max: 80 }),
      owner: fc.integer({ min: 0, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 30 }), (claims) => {
        const map = new ExtentMap(bytesSource(new Uint8Array(320), 'test'), ENTRIES)
        for (const { kind, start, length, owner } of claims) {
          if (kind === 'structure') map.claimStructure(start, length, `structure ${owner}`)
          else if (kind === 'content') map.claimContent(start, length, owner)
          else map.addPiece(map.claimBlock(start, length, 1, `block ${owner}`), 0, 1, owner)
        }
        const { own, remainders } = settle(map, identity, 100)
        const expected = countBytes(claims)
        // Shares are whole bytes for each segment, of which there are at most two for each claim.
        for (let owner = 0; owner < 5; owner += 1) {
          expect(Math.abs(own[owner]! - expected.own[owner]!)).toBeLessThan(2 * claims.length + 1)
        }
        for (const kind of ['structure', 'overlap', 'padding'] as const) {
          const sum = remainders.filter((row) => row.kind === kind).reduce((total, row) => total + row.own, 0)
          expect([kind, sum]).toEqual([kind, expected[kind]])
        }
      }),
    )
  })
})

/** The ordinary twin: looks at every byte, and at everything that claims it. */
function countBytes(claims: readonly { kind: string; start: number; length: number; owner: number }[]): {
  own: number[]
  structure: number
  overlap: number
  padding: number
} {
  const count = { own: [0, 0, 0, 0, 0], structure: 0, overlap: 0, padding: 0 }
  for (let at = 0; at < 320; at += 1) {
    const here = claims.filter(({ start, length }) => start <= at && at < start + length)
    const contents = [...new Set(here.filter(({ kind }) => kind === 'content').map(({ owner }) => owner))]
    const structures = new Set(here.filter(({ kind }) => kind === 'structure').map(({ owner }) => owner))
    const blocks = here.filter(({ kind }) => kind === 'block')
    const claimants = Number(contents.length > 0) + structures.size + blocks.length
    if (claimants === 0) count.padding += 1
    else if (claimants > 1) count.overlap += 1
    else if (structures.size === 1) count.structure += 1
    else if (blocks.length === 1) count.own[blocks[0]!.owner]! += 1
    else for (const owner of contents) count.own[owner]! += 1 / contents.length
  }
  return count
}
