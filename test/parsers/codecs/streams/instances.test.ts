import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import type { FormatError } from '../../../../parsers/index.ts'
import { bytesOf, contentOf, FOLDER } from '../damage-cases.ts'
import { sameBytes } from '../guarded.ts'
import { collect } from './collect.ts'

type Streams = typeof import('../../../../parsers/codecs/streams.ts')

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
  readonly RuntimeError: new () => Error
}
const { WebAssembly: real } = globalThis as unknown as { WebAssembly: WebAssemblyApi }

/** The streams anew, without an instance from before, and how many instances they make. */
async function fresh(
  trapsIn: () => string | undefined = () => undefined,
): Promise<{ streams: Streams; made: () => number }> {
  let count = 0
  class Instance {
    readonly exports: Record<string, unknown>
    constructor(module: object, imports: object) {
      count += 1
      const { exports } = new real.Instance(module, imports)
      const trapping = (name: string, call: (...args: unknown[]) => unknown) => {
        return (...args: unknown[]): unknown => {
          if (trapsIn() === name) throw new real.RuntimeError()
          return call(...args)
        }
      }
      this.exports = Object.fromEntries(
        Object.entries(exports).map(([name, value]) => [
          name,
          typeof value === 'function' ? trapping(name, value as (...args: unknown[]) => unknown) : value,
        ]),
      )
    }
  }
  vi.stubGlobal('WebAssembly', { Module: real.Module, RuntimeError: real.RuntimeError, Instance })
  vi.resetModules()
  return { streams: await import('../../../../parsers/codecs/streams.ts'), made: () => count }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

const NAMES = ['zstd', 'xz', 'lzma', 'gzip', 'lz4'] as const
const folderOf = (name: string): string => `seeds/${name === 'lz4' ? 'lz4-frame' : name}`
const seedsOf = (name: string): readonly string[] => readdirSync(FOLDER + folderOf(name)).sort()

describe.each(NAMES)('streams of %s', (name) => {
  const seeds = seedsOf(name).filter((seed) => contentOf(seed).length > 0)

  it('use one instance, one after the other, and keep nothing of each other', async () => {
    const { streams, made } = await fresh()
    for (const seed of [...seeds, ...seeds.toReversed()]) {
      const { bytes } = collect(streams.portableStreams[name], bytesOf(`${folderOf(name)}/${seed}`))
      expect([seed, sameBytes(bytes, contentOf(seed))]).toEqual([seed, true])
    }
    expect(made()).toBe(1)
  })

  it('are right after one that was left, and after a damaged one', async () => {
    const { streams } = await fresh()
    for (const [index, seed] of seeds.entries()) {
      const stored = bytesOf(`${folderOf(name)}/${seed}`)
      for (const _ of streams.portableStreams[name](bytesSource(stored, 'file'), { readAhead: 100 })) break
      const cut = stored.subarray(0, Math.min(20, stored.length - 1))
      expect(() => collect(streams.portableStreams[name], cut)).toThrow()
      const next = seeds[(index + 1) % seeds.length]!
      const { bytes } = collect(streams.portableStreams[name], bytesOf(`${folderOf(name)}/${next}`))
      expect([seed, next, sameBytes(bytes, contentOf(next))]).toEqual([seed, next, true])
    }
  })

  it('may run at the same time', async () => {
    const { streams, made } = await fresh()
    const running = seeds.map((seed) => {
      const source = bytesSource(bytesOf(`${folderOf(name)}/${seed}`), 'file')
      return { seed, pieces: streams.portableStreams[name](source, { readAhead: 64 }), got: [] as Uint8Array[] }
    })
    for (let left = running; left.length > 0; ) {
      left = left.filter(({ pieces, got }) => {
        const { done, value } = pieces.next()
        if (done !== true) got.push(Uint8Array.from(value))
        return done !== true
      })
    }
    for (const { seed, got } of running) {
      expect([seed, sameBytes(Buffer.concat(got), contentOf(seed))]).toEqual([seed, true])
    }
    expect(made()).toBeLessThanOrEqual(seeds.length)
  })
})

/** The function of each module that a stream calls. */
const CALLED = { zstd: 'decodeBlock', xz: 'decodeSymbols', lzma: 'decodeSymbols', gzip: 'inflate', lz4: 'decodeBlock' }

it.each(NAMES)('a stream of %s that traps says so, and its instance is not used again', async (name) => {
  let trapping: string | undefined
  const { streams, made } = await fresh(() => trapping)
  // One that has compressed blocks.
  const seed = seedsOf(name).find((some) => /^(text|mixed)/.test(some))!
  const stored = bytesOf(`${folderOf(name)}/${seed}`)
  const read = (): Uint8Array => collect(streams.portableStreams[name], stored).bytes
  expect(sameBytes(read(), contentOf(seed))).toBe(true)
  trapping = CALLED[name]
  const { FormatError: Failure } = (await import('../../../../parsers/bytes/errors.ts')) as {
    FormatError: typeof FormatError
  }
  expect(read).toThrow(Failure)
  expect(read).toThrow('cannot be decompressed')
  trapping = undefined
  expect(sameBytes(read(), contentOf(seed))).toBe(true)
  expect(made()).toBe(3)
})
