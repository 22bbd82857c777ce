import { deflateSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CodecName } from '../../../../parsers/codecs/codec.ts'
import { plainDecoders, portableBlockDecompressor, wasmDecoders } from '../../../../parsers/codecs/decoders.ts'
import { type BlockDecoder, createBlockDecoder } from '../../../../parsers/codecs/wasm/block-decoder.ts'
import { type ModuleExports, moduleOf } from '../../../../parsers/codecs/wasm/instance.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { bytesOf, contentOf } from '../damage-cases.ts'
import { sameBytes } from '../guarded.ts'
import { machineCode, randomBytes } from '../samples.ts'

const MIB = 2 ** 20
/** Input and output that a decoder takes together. */
const LARGEST = 64 * MIB
/** The memory of a module, its tables, and what lies between the parts. */
const OVERHEAD = MIB

const seeds: readonly [CodecName, string][] = [
  ['zlib', 'mixed.default'],
  ['lzma', 'mixed.0'],
  ['lzo', 'mixed.9'],
  ['xz', 'mixed.crc64'],
  ['lz4', 'mixed.9'],
  ['zstd', 'mixed.19'],
]
const content = contentOf('mixed')

/** A stream of zlib in which nothing is compressed. */
function storedStream(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 0 })
}

/** Decodes bytes that may lie anywhere. */
function decode(decoder: BlockDecoder, bytes: Uint8Array, limit: number): Uint8Array {
  return decoder.decompress(decoder.place(bytes, limit)!, limit)
}

function codeOf(body: () => unknown): string {
  try {
    body()
  } catch (error) {
    if (error instanceof FormatError) return error.code
    throw error
  }
  return 'none'
}

describe.each(seeds)('a block decoder for %s', (codec, seed) => {
  const stream = bytesOf(`seeds/${codec}/${seed}`)

  it('gives the same for input in its memory and from elsewhere', () => {
    const decoder = wasmDecoders[codec]()
    for (let time = 0; time < 3; time += 1) {
      const own = decoder.input(stream.length, content.length)!
      own.set(stream)
      expect(decoder.place(own, content.length)).toBe(own)
      expect(sameBytes(decoder.decompress(own, content.length), content)).toBe(true)
      expect(sameBytes(decode(decoder, stream, content.length), content)).toBe(true)
      const elsewhere = Buffer.concat([randomBytes(13), stream, randomBytes(9)]).subarray(13, 13 + stream.length)
      expect(sameBytes(decode(decoder, elsewhere, content.length), content)).toBe(true)
    }
  })

  it('takes a larger limit than the one that its input was asked for', () => {
    for (const limit of [content.length + 1, MIB, 9 * MIB]) {
      const decoder = wasmDecoders[codec]()
      const own = decoder.input(stream.length, 0)!
      own.set(stream)
      expect(sameBytes(decode(decoder, own, limit), content)).toBe(true)
    }
  })

  it('takes a smaller limit too, and is not confused by what was there before', () => {
    const decoder = wasmDecoders[codec]()
    expect(sameBytes(decode(decoder, stream, content.length), content)).toBe(true)
    expect(codeOf(() => decode(decoder, stream, content.length - 1))).not.toBe('none')
    expect(codeOf(() => decode(decoder, stream, 0))).not.toBe('none')
    const half = stream.subarray(0, stream.length >> 1)
    const expected = codeOf(() => plainDecoders[codec](half, new Uint8Array(content.length)))
    expect(codeOf(() => decode(decoder, half, content.length)) === 'none').toBe(expected === 'none')
    expect(sameBytes(decode(decoder, stream, content.length), content)).toBe(true)
  })
})

describe('a block decoder', () => {
  it('takes the output of a block as the input of the next', () => {
    const decoder = wasmDecoders.zlib()
    const inner = machineCode(300_000)
    const layers = [inner]
    for (let depth = 0; depth < 5; depth += 1) layers.push(deflateSync(layers.at(-1)!, { level: depth }))
    let bytes: Uint8Array = layers.pop()!
    for (const expected of layers.reverse()) {
      bytes = decode(decoder, bytes, expected.length)
      expect(sameBytes(bytes, expected)).toBe(true)
    }
  })

  it('takes any part of its memory as input', () => {
    const decoder = wasmDecoders.zlib()
    const stream = storedStream(machineCode(1000))
    const outer = storedStream(Buffer.concat([randomBytes(500), stream, stream]))
    for (const start of [500, 500 + stream.length]) {
      const unpacked = decode(decoder, outer, 5000)
      expect(sameBytes(decode(decoder, unpacked.subarray(start, start + stream.length), 1000), machineCode(1000))).toBe(
        true,
      )
    }
  })

  it('refuses to decode what is not in its place', () => {
    const decoder = wasmDecoders.zlib()
    const stream = storedStream(machineCode(1000))
    expect(() => decoder.decompress(stream, 1000)).toThrow('not in its place')
    const own = decoder.input(stream.length, 1000)!
    own.set(stream)
    expect(() => decoder.decompress(own.subarray(1), 1000)).toThrow('not in its place')
    expect(() => decoder.decompress(own, 10 * MIB)).toThrow('not in its place')
    expect(() => decoder.decompress(new Uint8Array(own.buffer, own.byteOffset, 65_537), 1000)).toThrow('not in its')
    expect(decoder.decompress(own, 1000)).toHaveLength(1000)
  })

  it('keeps no more memory than the largest block needs', () => {
    const decoder = wasmDecoders.zlib()
    let memory: ArrayBufferLike = new ArrayBuffer(0)
    const largest = 3 * MIB
    for (let index = 0; index < 60; index += 1) {
      const size = index === 20 ? largest : (index * 7919) % 200_000
      const bytes = machineCode(size)
      const unpacked = decode(decoder, storedStream(bytes), size)
      expect(sameBytes(unpacked, bytes)).toBe(true)
      memory = unpacked.buffer
    }
    expect(memory.byteLength).toBeLessThan(2 * largest + OVERHEAD)
    // A stream that is all lies gets no more than its limit.
    expect(codeOf(() => decode(decoder, storedStream(machineCode(2 * MIB)), MIB))).toBe('LIMIT')
    expect(decode(decoder, storedStream(Uint8Array.of(1)), 1).buffer).toBe(memory)
  })

  it('leaves blocks above 64 MiB to TypeScript, and its memory does not grow', () => {
    const decoder = wasmDecoders.zlib()
    const stream = storedStream(machineCode(1000))
    const before = decode(decoder, stream, 1000).buffer
    expect(decoder.input(LARGEST, 1)).toBeUndefined()
    expect(decoder.input(1, LARGEST)).toBeUndefined()
    expect(decoder.input(2 ** 40, 2 ** 40)).toBeUndefined()
    expect(decoder.place(stream, LARGEST)).toBeUndefined()
    expect(decode(decoder, stream, 1000).buffer).toBe(before)
    expect(before.byteLength).toBeLessThan(OVERHEAD)
  })
})

/** A module with memory of three pages, a caller's part from 192 KiB on, and a function `trap` that is `unreachable`. */
const TRAPPING = Buffer.from([
  // biome-ignore format: a section in a line: header, types, functions, memory, globals, exports, code
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 4, 1, 0x60, 0, 0],
  ...[0x03, 2, 1, 0],
  ...[0x05, 3, 1, 0, 3],
  ...[0x06, 8, 1, 0x7f, 0, 0x41, 0x80, 0x80, 0x0c, 0x0b],
  ...[0x07, 26, 3, 6, ...Buffer.from('memory'), 2, 0, 6, ...Buffer.from('CALLER'), 3, 0, 4, ...Buffer.from('trap')],
  ...[0, 0],
  ...[0x0a, 5, 1, 3, 0, 0x00, 0x0b],
]).toString('base64')

describe('a block decoder whose module traps', () => {
  interface TrapExports extends ModuleExports {
    trap(): void
  }

  /** Copies a block, but traps at one that begins with 0xff; counts the instances that it had. */
  function trappingDecoder(): { decoder: BlockDecoder; instances: () => number } {
    let instances = 0
    const decoder = createBlockDecoder(moduleOf<TrapExports>(TRAPPING), ({ trap }) => {
      instances += 1
      return (input, output) => {
        if (input[0] === 0xff) trap()
        output.set(input)
        return input.length
      }
    })
    return { decoder, instances: () => instances }
  }

  it('says that the block is damaged, and decodes the next one with a new instance', () => {
    const { decoder, instances } = trappingDecoder()
    const good = Uint8Array.of(1, 2, 3)
    const first = decode(decoder, good, 3)
    expect([...first]).toEqual([1, 2, 3])
    for (let time = 1; time <= 3; time += 1) {
      const own = decoder.place(Uint8Array.of(0xff, time), 10)!
      expect(() => decoder.decompress(own, 10)).toThrow(FormatError)
      // The decoder in TypeScript reads it there.
      expect([...own]).toEqual([0xff, time])
      expect(() => decoder.decompress(own, 10)).toThrow('not in its place')
      const next = decode(decoder, good, 3)
      expect([...next]).toEqual([1, 2, 3])
      expect(next.buffer).not.toBe(first.buffer)
      expect(instances()).toBe(1 + time)
    }
    decode(decoder, good, 3)
    expect(instances()).toBe(4)
  })

  it('names the trap as the cause', () => {
    const { decoder } = trappingDecoder()
    const own = decoder.place(Uint8Array.of(0xff), 10)!
    expect(codeOf(() => decoder.decompress(own, 10))).toBe('MALFORMED')
    const again = decoder.place(Uint8Array.of(0xff), 10)!
    expect(() => decoder.decompress(again, 10)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ name: 'RuntimeError' }) }),
    )
  })

  it('passes on an error of our own', () => {
    const decoder = createBlockDecoder(moduleOf<TrapExports>(TRAPPING), () => () => {
      throw new RangeError('a mistake')
    })
    expect(() => decode(decoder, Uint8Array.of(1), 1)).toThrow(new RangeError('a mistake'))
  })
})

describe('a block decoder that cannot run', () => {
  afterEach(() => vi.unstubAllGlobals())

  const stream = storedStream(machineCode(1000))

  it('takes no block where there is no WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined)
    const decoder = wasmDecoders.zlib()
    expect(decoder.input(10, 10)).toBeUndefined()
    expect(decoder.place(stream, 1000)).toBeUndefined()
  })

  it('takes no block of a module that does not compile', () => {
    const decoder = createBlockDecoder(moduleOf(Buffer.from('no module').toString('base64')), () => () => 0)
    expect(decoder.input(10, 10)).toBeUndefined()
    expect(decoder.place(stream, 1000)).toBeUndefined()
  })
})

describe('portableBlockDecompressor', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(seeds)('decodes %s with and without WebAssembly', (codec, seed) => {
    const stream = bytesOf(`seeds/${codec}/${seed}`)
    for (const global of [globalThis, {}]) {
      vi.stubGlobal('WebAssembly', (global as { WebAssembly?: unknown }).WebAssembly)
      const decompressor = portableBlockDecompressor()
      for (let time = 0; time < 2; time += 1) {
        const input = decompressor.input(codec, stream.length, content.length)
        input.set(stream)
        expect(sameBytes(decompressor.decompress(codec, input, content.length), content)).toBe(true)
        expect(sameBytes(decompressor.decompress(codec, stream, content.length + 99), content)).toBe(true)
      }
    }
  })

  it('says the same of a damaged block wherever it lies, and whatever was decoded before', () => {
    const inner = bytesOf('seeds/zlib/mixed.default')
    const damaged = Uint8Array.from(inner)
    damaged[inner.length >> 1]! ^= 0x55
    const verdict = (body: () => unknown) => {
      try {
        return body()
      } catch (error) {
        if (error instanceof FormatError) return error.message
        throw error
      }
    }
    const expected = verdict(() => plainDecoders.zlib(damaged, new Uint8Array(content.length)))
    expect(expected).toContain('zlib stream')
    const decompressor = portableBlockDecompressor()
    const own = decompressor.input('zlib', damaged.length, content.length)
    own.set(damaged)
    expect(verdict(() => decompressor.decompress('zlib', own, content.length))).toBe(expected)
    // It lies where its own output goes.
    const unpacked = decompressor.decompress('zlib', storedStream(damaged), damaged.length)
    expect(verdict(() => decompressor.decompress('zlib', unpacked, content.length))).toBe(expected)
    // The memory grows and takes the input with it.
    const small = decompressor.input('zlib', damaged.length, content.length)
    small.set(damaged)
    expect(verdict(() => decompressor.decompress('zlib', small, 5 * MIB))).toBe(
      verdict(() => plainDecoders.zlib(damaged, new Uint8Array(5 * MIB))),
    )
  })

  it('decodes a block above 64 MiB in TypeScript', () => {
    const bytes = new Uint8Array(LARGEST)
    bytes[LARGEST - 1] = 1
    const stream = deflateSync(bytes, { level: 1 })
    const decompressor = portableBlockDecompressor()
    const input = decompressor.input('zlib', stream.length, bytes.length)
    input.set(stream)
    const unpacked = decompressor.decompress('zlib', input, bytes.length)
    expect(sameBytes(unpacked, bytes)).toBe(true)
    // It is no memory of a module: those grow by pages of 64 KiB, and have the input as well.
    expect(unpacked.buffer.byteLength).toBe(LARGEST)
  })
})
