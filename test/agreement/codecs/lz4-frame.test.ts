import { expect, it } from 'vitest'
import { xxhash32 } from '../../../parsers/checksums/xxhash32.ts'
import { decompressLz4Frame } from '../../../parsers/codecs/lz4/frame.ts'
import { decompressLz4FrameStream } from '../../../parsers/codecs/lz4/frame-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectBothToRead } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode } from '../../parsers/codecs/streams/collect.ts'

// "LZ4 Frame Format", Block Maximum Size; a legacy frame has blocks of 8 MiB.
const format = { decompress: decompressLz4Frame, decompressStream: decompressLz4FrameStream, largestBlock: 8 << 20 }

function lz4(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('lz4', ['-q', '-c', ...options], { input: data })
}

function skippable(length: number): Uint8Array {
  const frame = Buffer.alloc(8 + length, 0xee)
  frame.writeUInt32LE(0x184d2a53, 0)
  frame.writeUInt32LE(length, 4)
  return frame
}

/** A frame with this descriptor, whose checksum is right, and what follows it. */
function frame(descriptor: readonly number[], ...following: (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = Uint8Array.from(descriptor)
  const checksum = (xxhash32(bytes, 0, bytes.length) >>> 8) & 255
  return Buffer.concat([
    Uint8Array.of(0x04, 0x22, 0x4d, 0x18, ...bytes, checksum),
    ...following.map((part) => Uint8Array.from(part)),
  ])
}

describeWith(['lz4'], 'LZ4 frames as the lz4 tool writes them', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    ...Array.from({ length: 12 }, (_, index) => `-${index + 1}`),
    ...['--fast=9', '-9 -B4', '-1 -B5', '-9 -B6', '-12 -B7', '-B65536 -BD', '-9 -B4 -BD', '-1 -B7 -BD', '-BX -B4'],
    ...['-BX -BD -B5', '--no-frame-crc', '-9 -BX --no-frame-crc -BD -B4', '-l', '-l -9'],
  ])('reads all samples, %s', (options) => {
    expectBothToRead(format, lz4(everything, ...options.split(' ')), everything)
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    for (const options of [['-1'], ['-9', '-B4', '-BD', '-BX'], ['-l']]) {
      const file = lz4(data, ...options)
      expectBothToRead(format, file, data)
      expect(sameBytes(decompressed(decompressLz4Frame, file, data.length + 100), data)).toBe(true)
      if (data.length > 0) expect(codeOf(decompressLz4Frame, file, data.length - 1)).toBe('LIMIT')
    }
  })

  it('reads linked blocks, whose matches reach back over many of them', () => {
    const head = randomBytes(60_000, 11)
    const data = Buffer.concat([...Array.from({ length: 30 }, () => head), machineCode(3_000_000)])
    for (const options of [
      ['-B4', '-BD'],
      ['-9', '-B300', '-BD'],
      ['-12', '-B5', '-BD', '-BX'],
    ]) {
      const file = lz4(data, ...options)
      expect(file[4]! & 0x20).toBe(0)
      expectBothToRead(format, file, data)
    }
  })

  it('reads a content size, and refuses another', () => {
    const data = samples['lines']!
    const file = frame([0x68, 0x40, ...[48, 117, 0, 0, 0, 0, 0, 0]], lz4(data, '-B4', '--no-frame-crc').subarray(7))
    expect(data.length).toBe(30_000)
    expectBothToRead(format, file, data)
    expect(codeOf(decompressLz4Frame, file, data.length - 1)).toBe('LIMIT')
    const other = frame([0x68, 0x40, ...[49, 117, 0, 0, 0, 0, 0, 0]], file.subarray(15))
    expect(decompressGuarded(decompressLz4Frame, other, 40_000)).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'LZ4 Frame Descriptor', field: 'Content Size', found: 30_001, expected: 30_000 },
    })
    expect(streamCode(decompressLz4FrameStream, other)).toBe('MALFORMED')
  })

  it('reads legacy frames of several blocks of 8 MiB', () => {
    const data = Buffer.concat([machineCode(10_000_000), randomBytes(9_000_000)])
    const file = lz4(data, '-l')
    expect(sameBytes(decompressed(decompressLz4Frame, file, data.length), data)).toBe(true)
    const { bytes, largestBuffer } = collect(decompressLz4FrameStream, file)
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(9 * 2 ** 20)
  })

  it('reads frames of all kinds one behind the other, as the tool does', () => {
    const first = samples['lines']!
    const second = samples['machine code']!
    const frames = [
      ...[skippable(0), lz4(first, '-l'), lz4(second, '-B4', '-BD'), lz4(first, '-l'), lz4(second, '-l')],
      ...[skippable(700_000), lz4(new Uint8Array(0)), lz4(new Uint8Array(0), '-l'), lz4(first), skippable(5)],
    ]
    const file = Buffer.concat(frames)
    const data = Buffer.concat([first, second, first, second, first])
    expect(sameBytes(mustRun('lz4', ['-dc'], { input: file }), data)).toBe(true)
    expectBothToRead(format, file, data)
    for (const more of ['rest', 'x', '\0\0\0\0']) {
      const code = more === 'x' ? 'TRUNCATED' : 'MALFORMED'
      expect(codeOf(decompressLz4Frame, Buffer.concat([file, Buffer.from(more)]), data.length)).toBe(code)
      expect(streamCode(decompressLz4FrameStream, Buffer.concat([file, Buffer.from(more)]))).toBe(code)
    }
  })

  it('says CHECKSUM for every flipped bit of one, and for other content', () => {
    const data = randomBytes(1000)
    const file = lz4(data, '-BX', '-B4')
    const checksums = [6, ...[8, 7, 6, 5, 4, 3, 2, 1].map((back) => file.length - back)]
    for (const [index, offset] of [...checksums, 500].entries()) {
      // The four bytes of the EndMark lie between Block Checksum and Content Checksum.
      if (index >= 1 && index <= 4) continue
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(file)
        damaged[offset]! ^= 1 << bit
        expect([offset, codeOf(decompressLz4Frame, damaged, 1000)]).toEqual([offset, 'CHECKSUM'])
        expect(streamCode(decompressLz4FrameStream, damaged)).toBe('CHECKSUM')
      }
    }
  })
})
