import { expect, it } from 'vitest'
import type { Decompress, DecompressStream } from '../../../../parsers/codecs/codec.ts'
import { plainStreams, portableStreams, type StreamName } from '../../../../parsers/codecs/streams.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressAlone, decompressed, sameBytes } from '../guarded.ts'
import { collect, streamCode, streamed } from './collect.ts'

/** A format: both of its decoders. */
export interface Format {
  readonly decompress: Decompress
  readonly decompressStream: DecompressStream
  /** The most bytes that one block of the format decompresses to, if the format limits it. */
  readonly largestBlock?: number
}

/** The decoder of the same format in WebAssembly. */
function inWasm(plain: DecompressStream): DecompressStream {
  const found = Object.entries(plainStreams).find(([, decompress]) => decompress === plain)
  if (found === undefined) throw new Error('no plain stream decoder')
  return portableStreams[found[0] as StreamName]
}

/** Bytes read at a time: awkward ones, and one above every block here. */
const READ_AHEADS = [1, 7, 4096, 1 << 24]

/** For one of many large files that are much alike: any of them, by the file's length. */
export function someReadAhead(file: Uint8Array): readonly number[] {
  return [READ_AHEADS[file.length % READ_AHEADS.length]!]
}

/** Both decoders give `data` of a file with padding, and the stream also when it reads a little at a time. */
export function expectBothToReadPadded(
  { decompress, decompressStream }: Format,
  file: Uint8Array,
  data: Uint8Array,
  readAheads: readonly number[] = READ_AHEADS,
): void {
  expect(sameBytes(decompressed(decompress, file, data.length), data)).toBe(true)
  expect(sameBytes(collect(decompressStream, file).bytes, data)).toBe(true)
  for (const readAhead of readAheads) {
    expect(sameBytes(collect(decompressStream, file, { readAhead }).bytes, data)).toBe(true)
    expect(sameBytes(collect(inWasm(decompressStream), file, { readAhead }).bytes, data)).toBe(true)
  }
}

/** The same of a file without padding, whose stream also ends where the file does, whatever follows it. */
export function expectBothToRead(
  format: Format,
  file: Uint8Array,
  data: Uint8Array,
  readAheads: readonly number[] = READ_AHEADS,
): void {
  expectBothToReadPadded(format, file, data, readAheads)
  const { decompressStream, largestBlock } = format
  expectToEnd(decompressStream, file, data, readAheads[0]!, largestBlock)
  expectToEnd(inWasm(decompressStream), file, data, readAheads[0]!, largestBlock)
}

/**
 * A stream that other bytes follow gives `data`, says where it ends, and tells sizes that add up, of blocks as large as
 * the format has them.
 */
export function expectToEnd(
  decompress: DecompressStream,
  file: Uint8Array,
  data: Uint8Array,
  readAhead: number,
  largestBlock: number = Number.POSITIVE_INFINITY,
): void {
  const followed = Buffer.concat([file, Buffer.from('070701 is the magic of another archive, and no frame')])
  for (const [input, stopsAtEnd] of [
    [file, false],
    [followed, true],
  ] as const) {
    const sums = { stored: 0, unpacked: 0 }
    const block = (stored: number, unpacked: number): void => {
      sums.stored += stored
      sums.unpacked += unpacked
      expect(unpacked).toBeLessThanOrEqual(largestBlock)
    }
    const { bytes, end } = collect(decompress, input, { readAhead, stopsAtEnd, block })
    expect(sameBytes(bytes, data)).toBe(true)
    expect({ end, ...sums }).toEqual({ end: file.length, stored: file.length, unpacked: data.length })
  }
}

/** Tests that every prefix of a file is refused, by both decoders. */
export function refusesEveryPrefix(name: string, { decompress, decompressStream }: Format, file: Uint8Array): void {
  it(`refuses every prefix of ${name}`, () => {
    for (let length = 0; length < file.length; length++) {
      const prefix = file.subarray(0, length)
      expect([length, codeOf(decompress, prefix, 20_000)]).toEqual([length, 'TRUNCATED'])
      for (const decode of [decompressStream, inWasm(decompressStream)]) {
        expect([length, streamCode(decode, prefix, { readAhead: 1 + (length % 50) })]).toEqual([length, 'TRUNCATED'])
      }
    }
  })
}

/** A damaged stream ends in the same way in another decoder: in an error, or in the same bytes. */
function expectSameIn(decompress: DecompressStream, damaged: Uint8Array, expected: Uint8Array | FormatError): void {
  const found = streamed(decompress, damaged, { readAhead: 100, windowSize: 2 ** 32 })
  expect(found instanceof FormatError).toBe(expected instanceof FormatError)
  if (!(found instanceof FormatError || expected instanceof FormatError)) expect(sameBytes(found, expected)).toBe(true)
}

/**
 * Tests that a file with other bytes is decoded safely, and by both decoders to the same; that it is refused or right
 * where the format has a checksum.
 * @param differs what of the file, [start, end), the two may see in different ways
 * @param structures how many bytes at the start and at the end of the file are given all other values; of those between
 *   them each bit is changed
 */
export function survivesDamage(
  name: string,
  { decompress, decompressStream }: Format,
  file: Uint8Array,
  data: Uint8Array,
  isChecked = true,
  differs: readonly [number, number] = [0, 0],
  structures: readonly [number, number] = [20, 12],
): void {
  it(`survives other values of every byte of ${name}`, () => {
    for (let offset = 0; offset < file.length; offset++) {
      const values = offset < structures[0] || offset >= file.length - structures[1] ? 255 : 8
      for (let index = 0; index < values; index++) {
        const damaged = Uint8Array.from(file)
        damaged[offset]! ^= values === 8 ? 1 << index : index + 1
        const whole = decompressAlone(decompress, damaged, data.length)
        // The whole file is decoded whatever window its header asks for.
        const pieces = streamed(decompressStream, damaged, { readAhead: 100, windowSize: 2 ** 32 })
        // Damage inside blocks is compared block by block elsewhere; here an eighth shows that streams stop alike.
        if ((offset + index) % 8 === 0) expectSameIn(inWasm(decompressStream), damaged, pieces)
        if (!(whole instanceof FormatError)) {
          if (pieces instanceof FormatError) {
            if (offset >= differs[0] && offset < differs[1]) continue
            throw pieces
          }
          expect(sameBytes(pieces, whole)).toBe(true)
          if (isChecked) expect(sameBytes(whole, data)).toBe(true)
        } else if (!(pieces instanceof FormatError)) {
          // Only for want of room.
          expect([offset, whole.code]).toEqual([offset, 'LIMIT'])
        }
      }
    }
  })
}
