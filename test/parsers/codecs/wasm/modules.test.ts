import * as zlib from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { adler32 } from '../../../../parsers/checksums/adler32.ts'
import { crc32 } from '../../../../parsers/checksums/crc32.ts'
import { crc64 } from '../../../../parsers/checksums/crc64.ts'
import { xxhash64Low } from '../../../../parsers/checksums/xxhash64.ts'
import { inflate } from '../../../../parsers/codecs/wasm/compiled/inflate.ts'
import { lz4 } from '../../../../parsers/codecs/wasm/compiled/lz4.ts'
import { lzma } from '../../../../parsers/codecs/wasm/compiled/lzma.ts'
import { lzo } from '../../../../parsers/codecs/wasm/compiled/lzo.ts'
import { zstd } from '../../../../parsers/codecs/wasm/compiled/zstd.ts'
import { inflateModule } from '../../../../parsers/codecs/wasm/inflate.ts'
import { MARGIN, type ModuleExports, moduleOf } from '../../../../parsers/codecs/wasm/instance.ts'
import { lzmaModule } from '../../../../parsers/codecs/wasm/lzma.ts'
import { zstdModule } from '../../../../parsers/codecs/wasm/zstd.ts'
import { pseudoRandom, randomBytes } from '../samples.ts'
import { moduleMemory } from './module-memory.ts'

/** Where the module's tables begin, and where the caller's memory does: assembly/memory.ts. */
const TABLES = 8 << 10
const CALLER = 192 << 10
const PAGE = 1 << 16

describe('checksums in WebAssembly', () => {
  const inflater = moduleMemory(inflateModule)
  const forXz = moduleMemory(lzmaModule)
  const hasher = moduleMemory(zstdModule)

  /** Pieces [start, end) of memory that hold the bytes one behind the other: none, short ones, or any. */
  function* pieces(length: number, seed: number): Generator<readonly [start: number, end: number]> {
    const random = pseudoRandom(seed)
    const largest = [1, 7, 40, length + 1][seed % 4]!
    for (let start = 0; start < length; ) {
      const end = Math.min(length, start + Math.floor(random() * (largest + 1)))
      yield [start, end]
      start = end
    }
  }

  /** Every length to 70, some at borders of what is summed at once, and large ones. */
  const lengths = [
    ...Array.from({ length: 71 }, (_, length) => length),
    ...[127, 128, 255, 5551, 5552, 5553, 5568, 2 * 5552 - 1, 2 * 5552 + 15, 65_536, 300_001],
  ]
  const contents: readonly [string, (length: number) => Uint8Array][] = [
    ['random bytes', (length) => randomBytes(length, length + 1)],
    ['the largest bytes', (length) => new Uint8Array(length).fill(255)],
    ['zero bytes', (length) => new Uint8Array(length)],
  ]

  describe.each(contents)('of %s', (_, make) => {
    const cases = lengths.map((length, index) => ({ bytes: make(length), length, seed: index }))
    /** Nothing aligned: each lies at another place, with other bytes around it. */
    const inMemory = (bytes: Uint8Array, seed: number, { allocate }: { allocate: (length: number) => Uint8Array }) => {
      const place = allocate(0)
      const memory = new Uint8Array(place.buffer, CALLER + MARGIN + seed, bytes.length)
      memory.fill(0xa5).set(bytes)
      return memory.byteOffset
    }

    it('CRC-32 is that of TypeScript and node:zlib, in both modules', () => {
      for (const { bytes, length, seed } of cases) {
        const expected = crc32(bytes, 0, length)
        if ('crc32' in zlib) expect((zlib.crc32 as (bytes: Uint8Array) => number)(bytes)).toBe(expected)
        for (const module of [inflater, forXz]) {
          const at = inMemory(bytes, seed, module)
          let value = 0
          for (const [start, end] of pieces(length, seed)) value = module.exports.crc32(value, at + start, at + end)
          expect(value >>> 0).toBe(expected)
        }
      }
    })

    it('CRC-64 is that of TypeScript', () => {
      for (const { bytes, length, seed } of cases) {
        const { high, low } = crc64(bytes, 0, length)
        const at = inMemory(bytes, seed, forXz)
        let value = 0n
        for (const [start, end] of pieces(length, seed)) value = forXz.exports.crc64(value, at + start, at + end)
        expect(BigInt.asUintN(64, value)).toBe((BigInt(high) << 32n) | BigInt(low))
      }
    })

    it('Adler-32 is that of TypeScript', () => {
      for (const { bytes, length, seed } of cases) {
        const at = inMemory(bytes, seed, inflater)
        let value = 1
        for (const [start, end] of pieces(length, seed)) value = inflater.exports.adler32(value, at + start, at + end)
        expect(value >>> 0).toBe(adler32(bytes, 0, length))
        expect(inflater.exports.adler32(1, at, at + length) >>> 0).toBe(adler32(bytes, 0, length))
      }
    })

    it('XXH64 is that of TypeScript', () => {
      for (const { bytes, length, seed } of cases) {
        const at = inMemory(bytes, seed, hasher)
        hasher.exports.startXxhash64()
        for (const [start, end] of pieces(length, seed)) hasher.exports.updateXxhash64(at + start, at + end)
        expect(hasher.exports.digestXxhash64() >>> 0).toBe(xxhash64Low(bytes, 0, length))
      }
    })
  })
})

/** Reads a module as the binary format has it (WebAssembly Core Specification 5.5). */
function sectionsOf(module: Uint8Array): { id: number; body: Uint8Array }[] {
  const sections: { id: number; body: Uint8Array }[] = []
  for (let at = 8; at < module.length; ) {
    const id = module[at]!
    const [size, start] = leb128(module, at + 1)
    sections.push({ id, body: module.subarray(start, start + size) })
    at = start + size
  }
  return sections
}

/** An unsigned number, or a signed one that is not negative, and where it ends. */
function leb128(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0
  for (let at = start, scale = 1; ; at += 1, scale *= 128) {
    value += (bytes[at]! & 127) * scale
    if (bytes[at]! < 128) return [value, at + 1]
  }
}

/** Where the active data segments begin and end in memory. */
function dataSegments(body: Uint8Array): { start: number; end: number }[] {
  const segments: { start: number; end: number }[] = []
  let [count, at] = leb128(body, 0)
  for (; count > 0; count -= 1) {
    // Memory 0, at `i32.const`, `end`.
    expect([body[at], body[at + 1]]).toEqual([0, 0x41])
    const [start, instructionEnd] = leb128(body, at + 2)
    expect(body[instructionEnd]).toBe(0x0b)
    const [size, dataStart] = leb128(body, instructionEnd + 1)
    segments.push({ start, end: start + size })
    at = dataStart + size
  }
  expect(at).toBe(body.length)
  return segments
}

describe.each(Object.entries({ inflate, lz4, lzma, lzo, zstd }))('the module %s', (_, text) => {
  const sections = sectionsOf(Uint8Array.from(Buffer.from(text, 'base64')))
  const bodyOf = (id: number) => sections.find((section) => section.id === id)?.body

  it('has its constants below its tables', () => {
    const data = bodyOf(11)
    const segments = data === undefined ? [] : dataSegments(data)
    for (const { start, end } of segments) {
      expect(start).toBeGreaterThan(0)
      expect(end).toBeLessThanOrEqual(TABLES)
    }
  })

  it('imports nothing, and has no table of functions', () => {
    expect([2, 4, 9].filter((id) => bodyOf(id) !== undefined)).toEqual([])
  })

  it('has memory to where that of the caller begins', () => {
    const { memory, CALLER: caller } = moduleOf<ModuleExports>(text).instantiate()!
    expect(caller.value).toBe(CALLER)
    expect(memory.buffer.byteLength).toBe(3 * PAGE)
    expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(CALLER)
  })
})

describe('the modules that have constants', () => {
  it('are those of zstd and DEFLATE', () => {
    const has = (text: string) => sectionsOf(Uint8Array.from(Buffer.from(text, 'base64'))).some(({ id }) => id === 11)
    expect([zstd, inflate, lzma, lz4, lzo].map(has)).toEqual([true, true, false, false, false])
  })
})

describe('an instance for which there is no memory', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('is asked for again later, and not for each block', () => {
    type Maker = new (...args: readonly object[]) => { readonly exports: unknown }
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Record<'Module' | 'Instance', Maker> })
      .WebAssembly
    let isFull = true
    let attempts = 0
    class FullInstance {
      readonly exports: unknown
      constructor(module: object) {
        attempts += 1
        if (isFull) throw new RangeError('could not allocate memory')
        this.exports = new Instance(module, {}).exports
      }
    }
    vi.stubGlobal('WebAssembly', { Module, Instance: FullInstance })
    const module = moduleOf<ModuleExports>(lz4)
    const refused = (blocks: number): void => {
      for (let block = 0; block < blocks; block += 1) expect(module.instantiate()).toBeUndefined()
    }
    refused(101)
    expect(attempts).toBe(1)
    refused(201)
    expect(attempts).toBe(2)
    isFull = false
    expect(module.instantiate()?.CALLER.value).toBe(CALLER)
    expect(module.instantiate()).toBeDefined()
    expect(attempts).toBe(4)
  })
})
