import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { blockDecompressor, decompressors } from '../../../src/platform/node/node-decoders.ts'
import { releaseBuffer } from '../../../src/platform/node/release-buffer.ts'

const LARGE = 1 << 20

/** Node has it; what TypeScript knows of it belongs to browsers. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (pages: { initial: number }) => { readonly buffer: ArrayBuffer } }
}

describe('memory that is given back', () => {
  it('is gone at once', () => {
    const bytes = new Uint8Array(LARGE)
    releaseBuffer(bytes)
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0])
  })

  it.each([
    ['few bytes', () => new Uint8Array(1 << 16)],
    ['behind the front', () => new Uint8Array(new ArrayBuffer(LARGE), 1)],
    ['shared with threads', () => new Uint8Array(new SharedArrayBuffer(LARGE))],
    [
      'of WebAssembly, which does not let go of it',
      () => new Uint8Array(new WebAssembly.Memory({ initial: 16 }).buffer),
    ],
  ])('is not %s', (_, make) => {
    const bytes = make()
    const { length } = bytes
    releaseBuffer(bytes)
    expect([bytes.length, bytes.byteLength]).toEqual([length, length])
  })
})

describe('decompressed blocks', () => {
  const content = (length: number, number: number): Buffer => Buffer.alloc(length, `block ${number} of many\n`)
  /** Of sizes around those of Node's pool of small buffers and of what is given back. */
  const lengths = [1, 31, 4000, 4095, 8191, 8192, 65_535, 65_536, 65_537, LARGE - 1, LARGE]

  it('are good until the next call', () => {
    const { decompress } = blockDecompressor()
    for (let round = 0; round < 20; round += 1) {
      for (const [number, length] of lengths.entries()) {
        const plain = content(length, number)
        expect(plain.equals(decompress('zlib', deflateSync(plain), length))).toBe(true)
      }
    }
  })

  it('take nothing away from buffers of others', () => {
    const others = Array.from({ length: 200 }, (_, number) => Buffer.from(`another's ${number}`))
    const output = new Uint8Array(LARGE)
    for (const [number, length] of lengths.entries()) {
      const plain = content(length, number)
      expect(decompressors.zlib(deflateSync(plain), output)).toBe(length)
      expect(plain.equals(output.subarray(0, length))).toBe(true)
      expect(decompressors.zlib(deflateSync(plain), output.subarray(0, length))).toBe(length)
      others.push(Buffer.from(`another's ${others.length}`))
    }
    expect(others.map(String)).toEqual(others.map((_, number) => `another's ${number}`))
  })
})
