import { describe, expect, it } from 'vitest'
import { memorySpool, type Spool } from '../../../parsers/bytes/spool.ts'
import { systemSpool } from '../../../src/platform/node/spool.ts'

const SIZE = (9 << 20) + 12_345

/** A byte for each position, by a rule that repeats in no chunk. */
const byteAt = (position: number): number => (position * 7 + (position >>> 13)) & 0xff
const expected = Uint8Array.from({ length: SIZE }, (_, position) => byteAt(position))

function filled(spool: Spool): Spool {
  const piece = new Uint8Array(300_007)
  for (let done = 0; done < SIZE; done += piece.length) {
    const part = expected.subarray(done, done + piece.length)
    // A decoder uses its memory again.
    piece.set(part)
    spool.write(piece.subarray(0, part.length))
    piece.fill(0)
  }
  return spool
}

describe.each<[string, () => Spool]>([
  ['in memory', () => memorySpool()],
  ['in a file from the start', () => systemSpool(0)],
  ['in a file after some MiB', () => systemSpool(5 << 20)],
  ['of Node, in memory', () => systemSpool(1 << 30)],
])('a spool %s', (_, make) => {
  it('gives back all of its bytes, at any place', () => {
    const source = filled(make()).finish('name', { kind: 'root' })
    expect(source).toMatchObject({ name: 'name', size: SIZE, origin: { kind: 'root' } })
    for (const [offset, length] of [
      [0, SIZE],
      [0, 0],
      [SIZE, 0],
      [(4 << 20) - 5, 10],
      [(4 << 20) - 1, (4 << 20) + 2],
      [SIZE - 1, 1],
    ] as const) {
      expect(Buffer.compare(source.read(offset, length), expected.subarray(offset, offset + length))).toBe(0)
      const target = new Uint8Array(length)
      source.readInto(target, offset, length)
      expect(Buffer.compare(target, expected.subarray(offset, offset + length))).toBe(0)
    }
    expect(() => source.read(SIZE - 1, 2)).toThrow(/it takes bytes \[9449528, 9449530\)/)
    source.close()
    // Closing twice is no error.
    source.close()
  })

  it('may hold nothing, and be discarded', () => {
    expect(make().finish('empty', { kind: 'root' }).size).toBe(0)
    const spool = filled(make())
    spool.discard()
  })
})

describe('a spool in memory', () => {
  it('says how much it can hold', () => {
    expect(memorySpool(100).capacity).toBe(100)
    expect(memorySpool().capacity).toBe(2 ** 30)
  })
})
