import { describe, expect, it } from 'vitest'
import { bytesSource, sliceSource } from '../../../../parsers/bytes/source.ts'
import { decompressLzopStream } from '../../../../parsers/codecs/lzop/lzop-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { sameBytes } from '../guarded.ts'
import { randomBytes } from '../samples.ts'
import { collect, streamed } from '../streams/collect.ts'
import { type Checksum, type Header, headerOf, MAGIC, part, repeatedLetters, word } from './part.ts'

const MIB = 2 ** 20
const stored = { content: Uint8Array.from(Buffer.from('stored')) }
const compressed = repeatedLetters(33)
/** All checksums there are. */
const CHECKED = 0x303

/** It yields `content`, also when it reads a little at a time. */
function expectToRead(file: Uint8Array, content: Uint8Array): void {
  for (const readAhead of [1, 7, 1 << 20]) {
    expect(sameBytes(collect(decompressLzopStream, file, { readAhead }).bytes, content)).toBe(true)
  }
}

/** The error, which is the same however much is read at a time. */
function errorOf(file: Uint8Array): FormatError {
  const [error, other] = [1 << 20, 1].map((readAhead) => streamed(decompressLzopStream, file, { readAhead }))
  if (!(error instanceof FormatError) || !(other instanceof FormatError)) throw new Error('is not refused')
  expect(other.message).toBe(error.message)
  return error
}

describe('lzop files by hand', () => {
  const content = Buffer.concat([stored.content, compressed.content, stored.content])
  const blocks = [stored, compressed, stored]

  it('are read with any checksums', () => {
    for (const flags of [0, 1, 2, 3]) {
      for (const more of [0, 0x100, 0x200, 0x300, 0x1000, 0x1300])
        expectToRead(part({ flags: flags | more }, blocks), content)
    }
  })

  it('are read with a name, an extra field, a filter that is none, flags of any system', () => {
    const headers: Header[] = [
      { name: 'a name' },
      { name: 'n'.repeat(255) },
      { flags: 0x40 },
      { flags: 0x1040, extraField: randomBytes(100) },
      { flags: 0x40, extraField: randomBytes(64 * 1024) },
      { flags: 0x800 },
      { flags: 0xfff0_24bc },
    ]
    for (const header of headers) expectToRead(part(header, blocks), content)
  })

  it('are read of every version, the oldest of which have fewer fields', () => {
    for (const version of [0x0900, 0x0930, 0x0940, 0x1010, 0x1040, 0x2000]) {
      for (const method of [1, 2, 3]) expectToRead(part({ version, method, flags: CHECKED }, blocks), content)
    }
  })

  it('are read in several parts, with zero bytes behind the last, as gzip members are', () => {
    const parts = [
      part({}, []),
      part({ flags: 0x401 }, blocks),
      part({ name: 'second', flags: 0x1700 }, blocks),
      part({}, []),
    ]
    expectToRead(Buffer.concat(parts), Buffer.concat([content, content]))
    expectToRead(Buffer.concat([...parts, new Uint8Array(70_000)]), Buffer.concat([content, content]))
    expectToRead(parts[0]!, new Uint8Array(0))
    expect(errorOf(Buffer.concat([parts[0]!, new Uint8Array(20), Buffer.of(7)]))).toMatchObject({
      message: 'file: lzop padding at 0x3e: has a non-zero byte; found 0x7',
    })
    // The tool ignores these, with a warning.
    expect(errorOf(Buffer.concat([...parts, Buffer.from('rest of it')]))).toMatchObject({ facts: { field: 'magic' } })
    expect(errorOf(Buffer.concat([...parts, Buffer.from('rest')]))).toMatchObject({ code: 'TRUNCATED' })
  })

  it('yield one piece for each block', () => {
    const pieces = [...decompressLzopStream(bytesSource(part({}, blocks), 'file'))].map((piece) => piece.length)
    expect(pieces).toEqual(blocks.map((block) => block.content.length))
  })

  it('have blocks of up to 64 MiB, as long as their bytes can become so many', () => {
    const large = repeatedLetters(64 * MIB - 4)
    const { bytes, largestBuffer } = collect(decompressLzopStream, part({}, [large, stored]))
    expect(sameBytes(bytes, Buffer.concat([large.content, stored.content]))).toBe(true)
    expect(largestBuffer).toBeLessThan(65 * MIB)
    expect(errorOf(part({}, [{ ...stored, size: 64 * MIB + 1 }]))).toMatchObject({
      message: 'file: lzop block at 0x26: dst_len: is invalid; found 67108865, expected at most 67108864',
    })
    expect(errorOf(part({}, [{ ...compressed, size: 255 * 11 + 1 }]))).toMatchObject({
      code: 'MALFORMED',
      message:
        'file: lzop block at 0x26: dst_len: is more than src_len bytes can become; found 2806, expected at most 2805',
    })
    // The source has fewer bytes than the block states.
    const before = process.memoryUsage().arrayBuffers
    expect(errorOf(part({}, [{ ...stored, size: 64 * MIB, storedSize: 60 * MIB }]))).toMatchObject({
      code: 'TRUNCATED',
      facts: { field: 'data', found: '18 bytes', expected: `${60 * MIB + 8} bytes` },
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * MIB)
  })
})

describe('lzop files that are refused', () => {
  it('say what the header asks for', () => {
    expect(errorOf(Buffer.from('not lzop at all'))).toMatchObject({
      code: 'MALFORMED',
      message:
        'file: lzop header at 0x0: magic: no part begins here; ' +
        'found 6e 6f 74 20 6c 7a 6f 70 20, expected 89 4c 5a 4f 00 0d 0a 1a 0a',
    })
    expect(errorOf(part({ method: 128 }, []))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'file: lzop header at 0xf: method: is not LZO1X, 1 to 3; found 128',
    })
    expect(errorOf(part({ method: 0 }, []))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'method' } })
    expect(errorOf(part({ flags: 0x800, filter: 3 }, []))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'file: lzop header at 0x15: filter: is not supported; found 3',
    })
    expect(errorOf(part({ version: 0x0930, flags: 0x800, filter: 1 }, []))).toMatchObject({
      code: 'UNSUPPORTED',
      facts: { field: 'filter', offset: 0x12 },
    })
    for (let bit = 14; bit < 20; bit++) {
      expect(errorOf(part({ flags: 1 << bit }, []))).toMatchObject({
        code: 'UNSUPPORTED',
        message: `file: lzop header at 0x11: flags: has reserved bits set; found 0x${(1 << bit).toString(16)}`,
      })
    }
    expect(errorOf(part({ version: 0x08ff }, []))).toMatchObject({ code: 'MALFORMED', facts: { field: 'version' } })
    for (const [versionNeeded, code] of [
      [0x08ff, 'MALFORMED'],
      [0x1041, 'UNSUPPORTED'],
    ] as const) {
      const facts = { field: 'version_needed_to_extract', offset: 0xd, found: `0x${versionNeeded.toString(16)}` }
      expect(errorOf(part({ versionNeeded }, []))).toMatchObject({ code, facts })
    }
    expect(errorOf(part({ flags: 0x40, extraField: new Uint8Array(64 * 1024 + 1) }, []))).toMatchObject({
      code: 'LIMIT',
      facts: { field: 'extra_field_len', found: 65_537 },
    })
  })

  it('say what is wrong with a block', () => {
    for (const [sizes, found, expected] of [
      [{ storedSize: 0 }, 0, '1 to 6'],
      [{ storedSize: 7 }, 7, '1 to 6'],
      [{ size: 5 }, 6, '1 to 5'],
    ] as const) {
      expect(errorOf(part({}, [{ ...stored, ...sizes }]))).toMatchObject({
        code: 'MALFORMED',
        facts: { structure: 'lzop block', field: 'src_len', offset: 0x2a, found, expected },
      })
    }
    expect(errorOf(part({}, [{ ...stored, size: 2 ** 32 - 1 }]))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'file: lzop block at 0x26: dst_len: marks a file that is split',
    })
    expect(errorOf(part({}, [{ ...compressed, size: 38 }]))).toMatchObject({
      code: 'MALFORMED',
      message: 'file: lzop block at 0x2e: decompresses to less than dst_len bytes; found 37, expected 38',
    })
    expect(errorOf(part({}, [{ ...compressed, size: 36 }]))).toMatchObject({
      code: 'MALFORMED',
      message:
        'file: lzop LZO1X instruction at 0x33: decompresses to more than dst_len bytes; found at least 37 bytes, expected at most 36',
    })
    const { content } = compressed
    const data = (...bytes: number[]) => part({}, [{ content, compressed: Uint8Array.from(bytes) }])
    expect(errorOf(data(21, 1, 2, 3, 4))).toMatchObject({
      code: 'MALFORMED',
      message: 'file: lzop LZO1X instruction at 0x33: unexpected end of block',
    })
    expect(errorOf(data(...compressed.compressed, 0))).toMatchObject({
      code: 'MALFORMED',
      message: 'file: lzop LZO1X end of stream at 0x36: is followed by more input; found 1 bytes, expected 0',
    })
    expect(errorOf(data(17, 0, 0, 0, 0, 0))).toMatchObject({ code: 'UNSUPPORTED', facts: { offset: 0x2e } })
  })

  it('say what checksums are wrong', () => {
    const error = (which: Checksum, flags: number) => errorOf(part({ flags, wrong: { [which]: 1 } }, [compressed]))
    for (const [which, flags, structure, field, offset] of [
      ['header', 0, 'lzop header', 'header_checksum', 0x22],
      ['header', 0x1000, 'lzop header', 'header_checksum', 0x22],
      ['extra', 0x40, 'lzop header', 'extra_field_checksum', 0x2a],
      ['extra', 0x1040, 'lzop header', 'extra_field_checksum', 0x2a],
      ['d_adler32', CHECKED, 'lzop block', 'd_adler32', 0x2e],
      ['d_crc32', CHECKED, 'lzop block', 'd_crc32', 0x32],
      ['c_adler32', CHECKED, 'lzop block', 'c_adler32', 0x36],
      ['c_crc32', CHECKED, 'lzop block', 'c_crc32', 0x3a],
    ] as const) {
      const detail = 'does not match the data'
      expect(error(which, flags)).toMatchObject({ code: 'CHECKSUM', detail, facts: { structure, field, offset } })
    }
    const file = part({ flags: 1, wrong: { d_adler32: 1 } }, [stored])
    expect(errorOf(file).message).toBe(
      'file: lzop block at 0x2e: d_adler32: does not match the data; found 0x93c0293, expected 0x93c0292',
    )
  })

  it('lie in other sources, whose offsets are told as well', () => {
    const outer = bytesSource(Buffer.concat([Buffer.alloc(256), part({ method: 9 }, [])]), 'image')
    const slice = sliceSource(outer, 256, outer.size - 256, 'initrd in image')
    expect(() => [...decompressLzopStream(slice)]).toThrow(
      'initrd in image: lzop header at 0xf (0x10f of the outer file): method: is not LZO1X, 1 to 3; found 9',
    )
  })

  it('end too early at every byte', () => {
    const first = part({ name: 'a name', flags: CHECKED | 0x40, extraField: randomBytes(5) }, [stored, compressed])
    const file = Buffer.concat([first, part({ version: 0x0930 }, [stored])])
    for (let length = 0; length < file.length; length++) {
      const result = streamed(decompressLzopStream, file.subarray(0, length), { readAhead: 1 + (length % 50) })
      if (length === first.length) {
        expect(sameBytes(result as Uint8Array, Buffer.concat([stored.content, compressed.content]))).toBe(true)
      } else expect([length, result]).toMatchObject([length, { code: 'TRUNCATED' }])
    }
    for (let length = 0; length < MAGIC.length + 4; length++) {
      expect(errorOf(headerOf({}).subarray(0, length))).toMatchObject({ facts: { structure: 'lzop header' } })
    }
  })

  it('are never read wrong, whatever bit is changed', () => {
    const file = part({ name: 'a name', flags: CHECKED }, [stored, compressed])
    const codes = new Set<string>()
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = Uint8Array.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const result = streamed(decompressLzopStream, damaged, { readAhead: 1 + (bit % 99) })
      codes.add(result instanceof FormatError ? result.code : 'none')
    }
    expect([...codes].sort()).toEqual(['CHECKSUM', 'MALFORMED', 'TRUNCATED'])
    // Without checksums the content may be another, but it has the same size.
    const unchecked = part({}, [stored, compressed])
    for (let bit = 8 * 0x26; bit < 8 * (unchecked.length - 4); bit++) {
      const damaged = Uint8Array.from(unchecked)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const result = streamed(decompressLzopStream, damaged)
      if (!(result instanceof FormatError))
        expect(result).toHaveLength(stored.content.length + compressed.content.length)
    }
    expect(errorOf(Buffer.concat([headerOf({}), word(5)]))).toMatchObject({ code: 'TRUNCATED' })
  })
})
