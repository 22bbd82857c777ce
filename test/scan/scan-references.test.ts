import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import type { BlockDecompressor } from '../../parsers/codecs/codec.ts'
import { portableBlockDecompressor } from '../../parsers/codecs/decoders.ts'
import { type OpenImage, openImage, openSource } from '../../src/images/open-image.ts'
import { ReferenceScanner } from '../../src/owners/nix/reference-scanner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { inPlaceOrder } from '../../src/scan/place-order.ts'
import { type PlannedJob, planScan } from '../../src/scan/plan-scan.ts'
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

  it('has the same blocks in the order of their places, and no place in two jobs, where bytes are slow to get', () => {
    const planned = (): PlannedJob[] => [
      ...planScan(ownersIn(open).owners.values(), { files: [], pieceLengths: [], failures: [] }),
    ]
    const offsetsIn = (jobs: readonly PlannedJob[]): number[] =>
      jobs.flatMap(({ blocks }) => blocks.map(({ offset }) => offset))
    const elsewhere = { ...planned()[0]!, source: bytesSource(new Uint8Array(1), 'another source') }
    const ordered = inPlaceOrder([elsewhere, ...planned()], open.file)
    expect(ordered.at(-1)).toBe(elsewhere)
    const jobs = ordered.slice(0, -1)
    expect(jobs.length).toBeGreaterThan(3)
    expect(offsetsIn(jobs)).toEqual(offsetsIn(planned()).toSorted((a, b) => a - b))
    const sizes = jobs.map(({ blocks, storedBytes }) => [
      storedBytes,
      blocks.reduce((sum, b) => sum + b.storedLength, 0),
    ])
    for (const [told, sum] of sizes) expect(told).toBe(sum)
    // Each is read as a whole, so that a thread takes at most the last block of one from the beginning of the next.
    for (const { blocks } of jobs) expect(blocks.at(-1)!.offset - blocks[0]!.offset).toBeLessThan(2 << 20)
  })

  it('finds the same in a file whose bytes are slow to get, and says beforehand what it reads', async () => {
    const alone = await scanReferences(open, ownersIn(open).owners, { jobs: 1 })
    const file = fileSource(image)
    let asked = 0
    const slow = openSource({
      ...file,
      readAhead(_, length) {
        asked += length
      },
    })
    // The tables are open.
    asked = 0
    let bytes = 0
    const planned = (count: number): void => {
      bytes = count
    }
    expect((await scanReferences(slow, ownersIn(slow).owners, { planned })).mentions).toEqual(alone.mentions)
    expect(bytes).toBeGreaterThan(4 << 20)
    expect(asked).toBe(bytes)
    file.close()
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
