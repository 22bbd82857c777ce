import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examine } from '../../parsers/squashfs/examine.ts'

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
