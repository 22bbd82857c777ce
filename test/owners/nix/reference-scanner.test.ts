import assert from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf } from '../../../parsers/bytes/byte-string.ts'
import {
  HASH_DIGITS,
  HASH_LENGTH,
  ReferenceScanner,
  ReferenceStream,
} from '../../../src/owners/nix/reference-scanner.ts'

/** What stands where, by looking for each hash everywhere. */
function findAll(text: string, hashes: readonly string[]): [number, number][] {
  const found: [number, number][] = []
  for (const [number, hash] of hashes.entries()) {
    for (let at = text.indexOf(hash); at >= 0; at = text.indexOf(hash, at + 1)) found.push([number, at])
  }
  return found.sort(([, a], [, b]) => a - b)
}

function scanned(text: string, hashes: readonly string[], pieces: readonly number[] = []): [number, number][] {
  const found: [number, number][] = []
  const stream = new ReferenceStream(new ReferenceScanner(hashes), (hash, offset) => found.push([hash, offset]))
  const bytes = bytesOf(text)
  let start = 0
  for (const length of pieces) {
    stream.push(bytes.subarray(start, start + length))
    start += length
  }
  stream.push(bytes.subarray(start))
  return found
}

const digit = fc.constantFrom(...HASH_DIGITS)
const hash = fc.string({ unit: digit, minLength: HASH_LENGTH, maxLength: HASH_LENGTH })
const hashes = fc.uniqueArray(hash, { minLength: 1, maxLength: 20 })
/** Hashes between digits, other characters and any bytes, in pieces of every length. */
const scenario = hashes.chain((known) =>
  fc.record({
    known: fc.constant(known),
    text: fc
      .array(
        fc.oneof(
          fc.constantFrom(...known),
          // Parts of hashes, which other parts may complete.
          fc.constantFrom(...known).map((text) => text.slice(0, 17)),
          fc.constantFrom(...known).map((text) => text.slice(17)),
          fc.string({ unit: digit, maxLength: 70 }),
          fc.string({ unit: fc.constantFrom('/', '-', 'e', 'T', '\0', '\xff', ...HASH_DIGITS), maxLength: 40 }),
          fc.nat({ max: 300 }).map((count) => ' '.repeat(count)),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
    pieces: fc.array(fc.nat({ max: 80 }), { maxLength: 30 }),
  }),
)

describe('ReferenceScanner', () => {
  it('finds what a search for each hash finds, whatever the pieces are', () => {
    let occurrences = 0
    fc.assert(
      fc.property(scenario, ({ known, text, pieces }) => {
        const expected = findAll(text, known)
        occurrences += expected.length
        expect(scanned(text, known)).toEqual(expected)
        expect(scanned(text, known, pieces)).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
    expect(occurrences).toBeGreaterThan(1000)
  })

  it('finds a hash at every offset from a border of two pieces', () => {
    const known = ['0123456789abcdfghijklmnpqrsvwxyz']
    for (let offset = 0; offset < 80; offset += 1) {
      const text = `${'-'.repeat(offset)}${known[0]}${'.'.repeat(80)}`
      expect(scanned(text, known, [40])).toEqual([[0, offset]])
      expect(scanned(text, known, new Array(112).fill(1))).toEqual([[0, offset]])
    }
  })

  it('tells hashes apart that begin alike', () => {
    const known = Array.from({ length: 32 }, (_, index) => `${'a'.repeat(31)}${HASH_DIGITS[index]}`)
    const text = known.join('/')
    expect(scanned(text, known)).toEqual(known.map((_, index) => [index, index * 33]))
  })

  it('takes no time that grows with the square of the hashes that begin alike', () => {
    const known = Array.from({ length: 20_000 }, (_, index) => index.toString().padStart(32, '0'))
    const start = performance.now()
    const found = scanned(known.toReversed().join('/'), known)
    assert.deepEqual(
      found,
      known.map((_, index) => [known.length - 1 - index, index * 33]),
    )
    expect(performance.now() - start).toBeLessThan(4_000)
  })

  it('keeps to the range it is given', () => {
    const text = '0123456789abcdfghijklmnpqrsvwxyz'.repeat(3)
    const found: number[] = []
    const scanner = new ReferenceScanner([text.slice(0, 32)])
    scanner.scan(bytesOf(text), 1, 95, (_, offset) => found.push(offset))
    expect(found).toEqual([32])
  })
})
