import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { contentBudget } from '../../../parsers/bytes/content-budget.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../parsers/bytes/limits.ts'
import { bytesSource, formatError, locate, sliceSource } from '../../../parsers/bytes/source.ts'
import { memorySpool, type Spool } from '../../../parsers/bytes/spool.ts'
import { unpackedSource } from '../../../parsers/codecs/unpacked-source.ts'
import type { UnpackContext } from '../../../parsers/codecs/unpacking.ts'
import { concat, text } from '../squashfs/writer.ts'

function contextFor(size: number, more: Partial<Limits> = {}, spool: () => Spool = memorySpool): UnpackContext {
  const limits = { ...DEFAULT_LIMITS, ...more }
  return { limits, budget: contentBudget(limits, size), spool }
}

/** Six bits a byte, so that it has several blocks. */
let state = 1
const content = Uint8Array.from({ length: 300_000 }, () => {
  state = (state * 48271) % 0x7fffffff
  return (state >>> 8) & 0x3f
})
const packed = gzipSync(content)
const unpacked = (bytes: Uint8Array, context = contextFor(bytes.length), damaged?: (problem: FormatError) => void) =>
  unpackedSource(bytesSource(bytes, 'disc.iso.gz'), context, damaged)

describe('a source that is compressed as a whole', () => {
  it('is a stream of blocks', () => {
    const source = unpacked(packed)
    expect(source.name).toBe('disc.iso.gz (unpacked)')
    expect(Buffer.compare(source.read(0, source.size), content)).toBe(0)
    const { origin } = source
    if (origin.kind !== 'stream') throw new Error('it is no stream')
    const { count, storedStarts, unpackedStarts } = origin.blocks
    expect(count).toBeGreaterThan(3)
    expect([storedStarts[count], unpackedStarts[count]]).toEqual([packed.length, content.length])
    // The header of gzip and its trailer unpack to nothing.
    expect([storedStarts[1], unpackedStarts[1]]).toEqual([10, 0])
    expect([storedStarts[count - 1], unpackedStarts[count - 1]]).toEqual([packed.length - 8, content.length])
  })

  it('has the bytes that follow the stream as they are', () => {
    const source = unpacked(concat(packed, text('signature')))
    expect(Buffer.from(source.read(content.length, 9)).toString()).toBe('signature')
    const { origin } = source
    if (origin.kind !== 'stream') throw new Error('it is no stream')
    expect(origin.blocks.isStored.at(-1)).toBe(1)
  })

  it('throws its damage, and frees what it has', () => {
    let discarded = 0
    const spool = (): Spool => ({ ...memorySpool(), discard: () => (discarded += 1) })
    const cut = packed.subarray(0, packed.length / 2)
    expect(() => unpacked(cut, contextFor(cut.length, {}, spool))).toThrow(/disc\.iso\.gz: .* at 0x/)
    expect(discarded).toBe(1)
  })

  it('has what comes before its damage, if the caller takes the problem', () => {
    const problems: FormatError[] = []
    const cut = packed.subarray(0, packed.length / 2)
    const source = unpacked(cut, contextFor(cut.length), (problem) => problems.push(problem))
    expect(problems.map(({ code }) => code)).toEqual(['TRUNCATED'])
    expect(source.size).toBeGreaterThan(content.length * 0.4)
    expect(Buffer.compare(source.read(0, source.size), content.subarray(0, source.size))).toBe(0)
    const { origin } = source
    expect(origin.kind === 'stream' && origin.blocks.storedStarts.at(-1)).toBe(cut.length)
  })

  it('has no unpacked bytes in the rest after its damage', () => {
    const damaged = Uint8Array.from(packed)
    damaged.fill(0xff, packed.length / 2, packed.length / 2 + 8)
    const source = unpacked(damaged, contextFor(packed.length), () => {})
    const { origin } = source
    if (origin.kind !== 'stream') throw new Error('it is no stream')
    const { count, storedStarts, unpackedStarts } = origin.blocks
    expect(unpackedStarts[count - 1]).toBe(source.size)
    expect(storedStarts[count]! - storedStarts[count - 1]!).toBeGreaterThan(packed.length / 3)
  })

  it('may not unpack to more than an image of its size has', () => {
    const limits = { unpacked: 299_999 }
    expect(() => unpacked(packed, contextFor(packed.length, limits))).toThrow(
      /too much content for an image of this size; the limit is unpacked=299999, and --parser-limit sets another/,
    )
    expect(unpacked(packed, contextFor(packed.length, { unpacked: 300_000 })).size).toBe(300_000)
    const small = contextFor(packed.length, {}, () => memorySpool(200_000))
    expect(() => unpacked(packed, small)).toThrow(/unpacks to more than the 200000 bytes that there is room for/)
  })

  it('is none if it is not compressed', () => {
    expect(() => unpacked(text('plain'))).toThrow(/disc\.iso\.gz: first bytes at 0x0: is not compressed with zstd,/)
  })

  it('has places of its own, which are none of the file', () => {
    const source = sliceSource(unpacked(packed), 100, 50, 'part')
    expect(locate(source, 5)).toMatchObject({ offset: 105, source: { name: 'disc.iso.gz (unpacked)' } })
    const { message } = formatError('MALFORMED', 'wrong', source, { structure: 'thing', offset: 5 })
    expect(message).toBe('part: thing at 0x5: wrong')
  })
})
