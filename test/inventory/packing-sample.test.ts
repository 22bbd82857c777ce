import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { samplePacking } from '../../src/inventory/packing-sample.ts'

const bytes = readFileSync(join(import.meta.dirname, '../../fixtures/images/mini.iso'))
const BLOCK = 1 << 20
/** The squashfs of an ISO. */
const squashfsIn = (iso: Uint8Array): OpenImage => {
  const open = openSource(bytesSource(iso, 'mini.iso'))
  return open.nested(open.image.tree.entries.find(({ name }) => name === 'nix-store.squashfs')!)!
}
/** Halves each block, and says how many it has at a time. */
const packer = (blockSize: number) => {
  const counts = { now: 0, most: 0, blocks: 0 }
  const lengthOf = async (block: Uint8Array): Promise<number> => {
    counts.now += 1
    counts.blocks += 1
    counts.most = Math.max(counts.most, counts.now)
    expect(block.length).toBeLessThanOrEqual(blockSize)
    await Promise.resolve()
    counts.now -= 1
    return block.length / 2
  }
  return { counts, packer: { blockSize, lengthOf } }
}
const OPTIONS = { blockSize: BLOCK, wanted: Number.POSITIVE_INFINITY, parallel: 2, progress: () => {} }

it('packs all content in each way, some blocks at a time', async () => {
  const [one, other] = [packer(BLOCK), packer(4096)]
  const open = squashfsIn(bytes)
  const done: [number, number][] = []
  const sample = await samplePacking(open, [one.packer, other.packer], {
    ...OPTIONS,
    progress: (at, total) => done.push([at, total]),
  })
  expect(sample.warnings).toEqual([])
  expect(sample.units).toHaveLength(sample.allUnits)
  expect(sample.length).toBeGreaterThan(100_000)
  for (const at of [0, 1]) {
    expect(sample.units.reduce((sum, { lengths }) => sum + lengths[at]!, 0)).toBe(sample.length / 2)
  }
  expect(one.counts.blocks).toBe(sample.blocks)
  expect(other.counts.blocks).toBeGreaterThan(sample.blocks)
  expect(Math.max(one.counts.most, other.counts.most)).toBe(2)
  const total = one.counts.blocks + other.counts.blocks
  expect(done.at(-1)).toEqual([total, total])
})

it('leaves out what is damaged, and says why', async () => {
  const whole = await samplePacking(squashfsIn(bytes), [packer(BLOCK).packer], OPTIONS)
  const damaged = Uint8Array.from(bytes).fill(0, bytes.indexOf('hsqs') + 200_000, bytes.indexOf('hsqs') + 200_040)
  const sample = await samplePacking(squashfsIn(damaged), [packer(BLOCK).packer], OPTIONS)
  expect(sample.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^nix-store\.squashfs in mini\.iso: data block at 0xb476 .*: does not decompress: /),
  ])
  expect([sample.allUnits, sample.units.length]).toEqual([whole.allUnits, whole.allUnits - 1])
})
