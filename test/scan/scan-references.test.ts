import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BlockDecompressor } from '../../parsers/codecs/codec.ts'
import { portableBlockDecompressor } from '../../parsers/codecs/decoders.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { ReferenceScanner } from '../../src/owners/nix/reference-scanner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { planScan } from '../../src/scan/plan-scan.ts'
import { scanJobRunner } from '../../src/scan/scan-job.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const hashOf = (index: number): string => DIGITS[index]!.repeat(3) + DIGITS.slice(3)
const NAMES = Array.from({ length: 12 }, (_, index) => `${hashOf(index)}-p${index}`)
const BLOCK = 131072
/** Enough for several threads, and not a whole number of blocks. */
const SIZE = 70 * BLOCK + 1234

/** As the command line has it: only there the threads have something to run. */
const { scanReferences } = (await import(
  new URL('../../dist/src/scan/scan-references.js', import.meta.url).href
)) as typeof import('../../src/scan/scan-references.ts')

describe('a scan of many blocks', () => {
  let work = ''
  let image = ''
  let open: OpenImage

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-many-blocks-'))
    const files: Record<string, Content> = {}
    for (const [index, name] of NAMES.entries()) {
      // Half of it is noise, so that it stays large, and half does compress.
      const content = Buffer.alloc(index < 3 ? SIZE : 900, `${index} `)
      for (let at = 0; at < content.length; at += 2 * BLOCK) {
        content.set(randomBytes(Math.min(BLOCK / 2, content.length - at)), at)
        content.write(hashOf((index + at / BLOCK) % NAMES.length), Math.max(0, at - 16))
      }
      files[`${name}/content`] = content
      // The same once more, and a few that share a fragment.
      if (index < 2) files[`${name}/copy`] = content
      for (let small = 0; small < 20; small += 1) {
        files[`${name}/small${small}`] = `${small} of ${index}: ${hashOf((index + small) % 12)}\n`
      }
    }
    image = join(work, 'image.squashfs')
    writeFileSync(image, squashfsOf(files, { blockSize: BLOCK }))
    open = openImage(image)
  })
  afterAll(() => {
    open?.close()
    rmSync(work, { recursive: true })
  })

  it('finds the same with any number of threads', async () => {
    const { owners } = ownersIn(open)
    const alone = await scanReferences(open, owners, { jobs: 1 })
    expect(alone.failures).toEqual([])
    expect(alone.mentions.length).toBeGreaterThan(12 * 20)
    for (const jobs of [1, 2, 3, 64]) {
      expect(await scanReferences(open, owners, { jobs, file: image })).toEqual(alone)
    }
  })

  it('finds the same when the threads cannot open the file', async () => {
    const { owners } = ownersIn(open)
    const alone = await scanReferences(open, owners, { jobs: 1 })
    expect(await scanReferences(open, owners, { jobs: 4, file: join(work, 'none') })).toEqual(alone)
  })

  it('tells how far it is, up to the end', async () => {
    const told: number[] = []
    let whole = 0
    const progress = (done: number, total: number): void => {
      told.push(done)
      whole = total
    }
    await scanReferences(open, ownersIn(open).owners, { jobs: 2, file: image, progress })
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.length).toBeGreaterThan(4)
    expect(told.at(-1)).toBe(whole)
  })

  it('decompresses each block once', () => {
    const { owners } = ownersIn(open)
    const compressed = new Set<number>()
    for (const entry of open.image.tree.entries) {
      if (entry.type !== 'file') continue
      for (const run of open.image.runs(entry)) {
        if (run.codec !== 'stored' && run.codec !== 'hole') compressed.add(run.offset)
      }
    }
    let calls = 0
    const { input, decompress } = portableBlockDecompressor()
    const counting: BlockDecompressor = {
      input,
      decompress(...block) {
        calls += 1
        return decompress(...block)
      },
    }
    const scanner = new ReferenceScanner(NAMES.map((name) => name.slice(0, 32)))
    const run = scanJobRunner(scanner, counting)
    const plan = { files: [], pieceLengths: [], failures: [] }
    for (const job of planScan(owners.values(), plan)) run(job, job.source)
    expect(compressed.size).toBeGreaterThan(3 * 60)
    expect(calls).toBe(compressed.size)
  })
})
