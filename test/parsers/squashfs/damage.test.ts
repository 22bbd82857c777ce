import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examine } from './examine.ts'

const IMAGES = new URL('../../../fixtures/images/', import.meta.url)
const read = (name: string): Buffer => readFileSync(new URL(`${name}.squashfs`, IMAGES))

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
