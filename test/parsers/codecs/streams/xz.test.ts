import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../../parsers/codecs/xz/stream.ts'
import { decompressXzStream } from '../../../../parsers/codecs/xz/xz-stream.ts'
import { sameBytes } from '../guarded.ts'
import { pseudoRandom, randomBytes } from '../samples.ts'
import { type BlockParts, LZMA2_FLAGS, storedChunks, storedThrough, xzIndex, xzStream } from '../xz/container.ts'
import { riscVCode } from '../xz/riscv-code.ts'
import { encodeRiscV } from '../xz/riscv-encoder.ts'
import { expectBothToRead } from './agreement.ts'
import { collect, streamCode, streamed } from './collect.ts'

const format = { decompress: decompressXz, decompressStream: decompressXzStream }

/** Stored in chunks of one byte, so that pieces end everywhere. */
function tinyChunks(bytes: Uint8Array): Uint8Array {
  const chunks = Array.from(bytes, (byte, index) => Uint8Array.of(index === 0 ? 1 : 2, 0, 0, byte))
  return Buffer.concat([...chunks, Uint8Array.of(0)])
}

describe('a stream of xz through filters, in pieces of any size', () => {
  const opcodes: Readonly<Record<string, readonly number[]>> = {
    4: [0xe8, 0xe9, 0, 0xff],
    5: [0x48, 0x4b, 1, 5, 3],
    6: [0x10, 0x12, 0x16, 0x1c, 0x50, 0x05, 0x14, 0],
    7: [0xeb],
    8: [0xf0, 0xf4, 0xf8, 0xfc],
    9: [0x40, 0x7f, 0x00, 0xc0, 0x3f, 0xff],
    10: [0x94, 0x97, 0x90, 0xb0, 0xf0, 0x00, 0xff],
  }
  const dense = (bytes: readonly number[], length: number, seed: number): Uint8Array => {
    const random = pseudoRandom(seed)
    return Uint8Array.from({ length }, () =>
      random() < 0.6 ? bytes[Math.floor(random() * bytes.length)]! : random() * 256,
    )
  }
  const inTinyChunks = (filters: readonly (readonly number[])[], bytes: Uint8Array): Uint8Array =>
    xzStream([{ filters: [...filters, LZMA2_FLAGS], data: tinyChunks(bytes), uncompressedSize: bytes.length }])

  it.each(Object.entries(opcodes))('branch filter %s', (id, bytes) => {
    for (const length of [0, 1, 3, 4, 5, 15, 16, 17, 33, 5000]) {
      const data = dense(bytes, length, length)
      for (const filters of [
        [[Number(id), 0]],
        [[Number(id), 4, 0xf0, 0xff, 0xff, 0xff]],
        [
          [Number(id), 0],
          [3, 1, 2],
          [Number(id), 4, 16, 0, 0, 0],
        ],
      ]) {
        const whole = collect(decompressXzStream, storedThrough(filters, data)).bytes
        expect(sameBytes(collect(decompressXzStream, inTinyChunks(filters, data)).bytes, whole)).toBe(true)
        expectBothToRead(format, storedThrough(filters, data), whole)
      }
    }
  })

  it('RISC-V, back to the code', () => {
    const data = riscVCode(5001, 3)
    const encoded = encodeRiscV(data)
    expect(sameBytes(collect(decompressXzStream, inTinyChunks([[11, 0]], encoded)).bytes, data)).toBe(true)
    const file = storedThrough([[11, 0]], encoded)
    expect(sameBytes(collect(decompressXzStream, file).bytes, data)).toBe(true)
  })

  it.each([1, 2, 3, 255, 256])('Delta with distance %i', (distance) => {
    const data = randomBytes(1000, distance)
    const filters = [[3, 1, distance - 1]]
    const whole = collect(decompressXzStream, storedThrough(filters, data)).bytes
    expect(sameBytes(collect(decompressXzStream, inTinyChunks(filters, data)).bytes, whole)).toBe(true)
    expectBothToRead(format, storedThrough(filters, data), whole)
  })
})

describe('a stream of xz that is refused', () => {
  const hello: BlockParts = { data: storedChunks(Buffer.from('hello')), uncompressedSize: 5 }

  it('has a Block Header that asks for too large a window, of which nothing more is looked at', () => {
    // xz 1.2: 5.3.1: 30 is 128 MiB, 31 half as much more. No chunk begins with 3.
    const asking = (dictionarySize: number) =>
      xzStream([{ ...hello, data: Uint8Array.of(3), filters: [[0x21, 1, dictionarySize]] }])
    expect(streamCode(decompressXzStream, asking(30))).toBe('MALFORMED')
    expect(streamCode(decompressXzStream, asking(31))).toBe('LIMIT')
    expect(streamCode(decompressXzStream, asking(31), { windowSize: 2 ** 28 })).toBe('MALFORMED')
  })

  it('has an Index of many blocks that is wrong, also where it is read in parts', () => {
    const blocks = Array.from({ length: 3000 }, () => hello)
    const unpadded = 12 + hello.data.length
    const records = blocks.flatMap(() => [unpadded, 5])
    expect(streamCode(decompressXzStream, xzStream(blocks), { readAhead: 100 })).toBe('none')
    records[5000]! += 1
    expect(streamed(decompressXzStream, xzStream(blocks, 0, xzIndex(records)), { readAhead: 100 })).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'xz Index', field: 'Unpadded Size', found: unpadded + 1, expected: unpadded },
    })
  })

  it('has a block with more content than it says', () => {
    const file = xzStream([{ ...hello, flags: 0x80, sizes: [4] }])
    expect(streamed(decompressXzStream, file)).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'xz Block Header', field: 'Uncompressed Size', offset: 12, found: 4, expected: 5 },
    })
    expect(streamCode(decompressXzStream, new Uint8Array(0))).toBe('TRUNCATED')
  })
})
