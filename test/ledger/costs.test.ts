import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { type ByteSource, bytesSource, type SourceRun, sliceSource } from '../../parsers/bytes/source.ts'
import { charge } from '../../src/ledger/charge.ts'
import { costsOf } from '../../src/ledger/costs.ts'
import { settle } from '../../src/ledger/settle.ts'

const FILE = bytesSource(new Uint8Array(1000).fill(1), 'file')
const identity = Uint32Array.from({ length: 10 }, (_, index) => index)

/** A source of `runs` of a file. */
function blocks(runs: readonly SourceRun[], file: ByteSource = FILE): ByteSource {
  const size = runs.reduce((sum, { length }) => sum + length, 0)
  return { ...bytesSource(new Uint8Array(size).fill(1), 'content'), origin: { kind: 'blocks', source: file, runs } }
}

const run = (offset: number, storedLength: number, length: number): SourceRun => ({
  offset,
  storedLength,
  length,
  unpackedLimit: length,
})

/** The bytes of entries, each of which claims a range, and of remainders, when the source takes `stored` bytes. */
function chargedTo(stored: number, source: ByteSource, claims: readonly (readonly [start: number, end: number])[]) {
  const map = new ExtentMap(source, claims.length)
  for (const [entry, [start, end]] of claims.entries()) map.claimContent(start, end - start, entry)
  const { own, remainders } = charge(
    settle(map, identity, claims.length, DEFAULT_LIMITS, costsOf(source, FILE)),
    stored,
  )
  return { own: [...own], remainders: remainders.map(({ name, own: bytes }) => [name, bytes]) }
}

describe('costs', () => {
  it('charges each byte by the block that it comes from', () => {
    const source = blocks([run(0, 10, 100), run(10, 90, 100)])
    expect(
      chargedTo(100, source, [
        [0, 100],
        [100, 200],
      ]).own,
    ).toEqual([10, 90])
    expect(
      chargedTo(100, source, [
        [0, 50],
        [50, 150],
        [150, 200],
      ]).own,
    ).toEqual([5, 50, 45])
  })

  it('charges nothing for holes', () => {
    const source = blocks([run(0, 0, 100), run(0, 60, 100)])
    expect(
      chargedTo(60, source, [
        [0, 100],
        [100, 200],
      ]).own,
    ).toEqual([0, 60])
  })

  it('charges a fragment by its part of the block', () => {
    const fragment: SourceRun = { offset: 0, storedLength: 100, length: 50, unpackedLimit: 200, fragment: true }
    expect(
      chargedTo(50, blocks([fragment, run(100, 25, 50)]), [
        [0, 50],
        [50, 100],
      ]).own,
    ).toEqual([25, 25])
  })

  it('multiplies costs through nested blocks', () => {
    const outer = blocks([run(0, 10, 100), run(10, 90, 100)])
    const inner = blocks([run(50, 50, 500), run(100, 50, 500)], outer)
    // The first half comes from 50 bytes that cost 5, the second from 50 that cost 45.
    expect(
      chargedTo(50, inner, [
        [0, 500],
        [500, 1000],
      ]).own,
    ).toEqual([5, 45])
  })

  it('knows the costs of a slice', () => {
    const source = sliceSource(blocks([run(0, 10, 100), run(10, 90, 100)]), 50, 100, 'slice')
    expect(
      chargedTo(50, source, [
        [0, 50],
        [50, 100],
      ]).own,
    ).toEqual([5, 45])
  })

  it('charges bytes without an owner, and lists no places for them', () => {
    const source = blocks([run(0, 10, 100), run(10, 90, 100)])
    expect(chargedTo(100, source, [[100, 200]])).toEqual({ own: [90], remainders: [['unclaimed bytes', 10]] })
  })

  it('leaves a source that is stored as it is', () => {
    const file = bytesSource(new Uint8Array(100).fill(1), 'file')
    expect(
      chargedTo(60, sliceSource(file, 20, 60, 'slice'), [
        [0, 20],
        [20, 60],
      ]).own,
    ).toEqual([20, 40])
  })
})

it('charges no account for a larger part of what it shares than of what it has', () => {
  const ledger = {
    own: Float64Array.of(3, 3),
    shared: [{ accounts: [0, 1], shares: [1, 1], bytes: 2 }],
    remainders: [],
    warnings: [],
  }
  // Of its 3 bytes each account is charged 2, so of the byte that it shares it is charged less than one.
  const { own, shared } = charge(ledger, 4)
  expect([...own]).toEqual([2, 2])
  expect(shared).toEqual([{ accounts: [0, 1], shares: [0, 0], bytes: 0 }])
})
