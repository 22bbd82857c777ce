import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { IMAGES } from '../cli/run.ts'

let work = ''
let count = 0
/** A folder of its own for each test. */
let folder = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-faults-'))
})
beforeEach(() => {
  folder = join(work, String(count++))
  mkdirSync(folder)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('the library', () => {
  it('opens and closes 10,000 images without keeping descriptors or memory', { timeout: 120_000 }, () => {
    const image = join(IMAGES, 'lz4.squashfs')
    const cycle = (): void => {
      const open = openImage(image)
      expect(open.image.tree.entries.length).toBeGreaterThan(1)
      open.close()
    }
    const descriptors = (): number => readdirSync('/dev/fd').length
    for (let index = 0; index < 1000; index += 1) cycle()
    const before = { descriptors: descriptors(), memory: process.memoryUsage().rss }
    for (let index = 0; index < 9000; index += 1) cycle()
    expect(descriptors()).toBe(before.descriptors)
    expect(process.memoryUsage().rss - before.memory).toBeLessThan(100 << 20)
  })
})
