import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examine } from './examine.ts'

const IMAGES = new URL('../../../fixtures/images/', import.meta.url)
const COMPRESSORS = ['gzip', 'lzma', 'lzo', 'lz4', 'xz', 'zstd', 'gensquashfs']
const read = (name: string): Buffer => readFileSync(new URL(`${name}.squashfs`, IMAGES))

/** Numbers that are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

describe('an image cut off', () => {
  const good = read('gzip')
  const used = Number(good.readBigUInt64LE(40))
  const tables = [48, 56, 64, 72, 80, 88].map((at) => Number(good.readBigUInt64LE(at))).filter((start) => start <= used)

  it('at the border of each table, a byte before and after', () => {
    for (const start of tables) {
      for (const size of [start - 1, start, start + 1, start + 2]) {
        const { warnings, complete } = examine(good.subarray(0, size))
        expect(complete).toBe(false)
        expect(warnings[0]).toMatch(/superblock at 0x28: bytesUsed: the file ends before the squashfs does/)
        expect(warnings).toHaveLength(1)
      }
    }
  })

  it('at forty other places', () => {
    for (let part = 1; part <= 40; part += 1) {
      const { complete } = examine(good.subarray(0, 96 + Math.floor(((used - 97) * part) / 40)))
      expect(complete).toBe(false)
    }
  })

  it('in the superblock', () => {
    for (const size of [4, 50, 95]) expect(examine(good.subarray(0, size)).refusal).toMatch(/superblock at 0x0/)
  })

  it('in its padding, it lacks nothing', () => {
    expect(examine(good.subarray(0, used)).warnings).toEqual([])
  })
})

describe('bytes changed at random', () => {
  it.each(COMPRESSORS)('in the tables of %s', (name) => {
    const good = read(name)
    const start = Number(good.readBigUInt64LE(64))
    const used = Number(good.readBigUInt64LE(40))
    const random = generator(name.length * 7919 + name.charCodeAt(1))
    for (let round = 0; round < 60; round += 1) {
      const bytes = Uint8Array.from(good)
      for (let change = 0; change <= round % 4; change += 1) {
        bytes[start + random(used - start)]! ^= 1 << random(8)
      }
      examine(bytes)
    }
  })

  it.each(COMPRESSORS)('in the superblock of %s', (name) => {
    const good = read(name)
    const random = generator(name.length * 104729 + name.charCodeAt(2))
    for (let round = 0; round < 40; round += 1) {
      const bytes = Uint8Array.from(good)
      bytes[4 + random(92)] = random(256)
      examine(bytes)
    }
  })

  it.each(COMPRESSORS)('in the content of %s: files are whole or refused', (name) => {
    const good = read(name)
    const end = Number(good.readBigUInt64LE(64))
    const random = generator(name.length * 31337 + name.charCodeAt(0))
    for (let round = 0; round < 20; round += 1) {
      const bytes = Uint8Array.from(good)
      bytes[96 + random(end - 96)]! ^= 1 << random(8)
      const { complete, paths } = examine(bytes)
      expect(complete).toBe(true)
      expect(paths.length).toBeGreaterThan(10)
    }
  })
})
