import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { startThread } from '../../src/platform/node/threads.ts'
import { compareContents, type FilePair } from '../../src/scan/compare-contents.ts'
import { type CompareJob, type CompareJobResult, compareJobRunner } from '../../src/scan/compare-job.ts'
import { WorkerPool } from '../../src/scan/worker-pool.ts'
import { basePath } from '../analyses/synthetic-side.ts'
import {
  BLOCK_SIZE,
  type Child,
  concat,
  fileInode,
  flat,
  storedWord,
  text,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'

interface Content {
  readonly name: string
  /** Blocks of 4,096 bytes each but for the last. */
  readonly content: Uint8Array
  readonly stored?: boolean
  readonly level?: number
  /** Bytes written instead of those that the content is compressed to. */
  readonly damaged?: boolean
}

/** A squashfs of files, each block stored as it is or deflated. */
function squashfsOf(files: readonly Content[]): Uint8Array {
  const data: Uint8Array[] = []
  let at = 96
  const children: Child[] = [...files]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, content, stored, level = 9, damaged }, index) => {
      const start = at
      const words: number[] = []
      for (let done = 0; done < content.length; done += BLOCK_SIZE) {
        const block = content.subarray(done, done + BLOCK_SIZE)
        const packed = stored === true ? block : new Uint8Array(deflateSync(block, { level }))
        if (damaged === true) packed.fill(0xff, 0, 8)
        data.push(packed)
        words.push(stored === true ? storedWord(packed.length) : packed.length)
        at += packed.length
      }
      return { name, inode: fileInode({ start, size: content.length, blocks: words, number: index + 2 }) }
    })
  return writeSquashfs({ data: concat(...data), ...flat(children) })
}

const opened = (files: readonly Content[], name: string): OpenImage => openSource(bytesSource(squashfsOf(files), name))
const pairIn = (old: OpenImage, now: OpenImage, name: string, hashes = true): FilePair => {
  const place = (open: OpenImage) => ({ open, entry: open.image.tree.entries.find((entry) => entry.name === name)! })
  return { old: place(old), new: place(now), hashes }
}
const long = (seed: number, length = 10_000): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * seed + (index >> 8)) & 0xff)

describe('comparing contents', () => {
  it('tells what is equal, whatever it is stored as', async () => {
    const [one, two] = [basePath(1, 'dep'), basePath(2, 'dep')]
    const hashed = (base: string): Uint8Array => concat(long(3, BLOCK_SIZE - 20), text(`/nix/store/${base}`))
    const old = opened(
      [
        { name: 'alike', content: long(1) },
        { name: 'hashes', content: hashed(one) },
        { name: 'other', content: long(5) },
        { name: 'other-last', content: concat(long(5), text('a')) },
        { name: 'repacked', content: long(7) },
        { name: 'unpacked', content: long(9) },
      ],
      'old',
    )
    const now = opened(
      [
        { name: 'alike', content: long(1) },
        { name: 'hashes', content: hashed(two) },
        { name: 'other', content: long(6) },
        { name: 'other-last', content: concat(long(5), text('b')) },
        { name: 'repacked', content: long(7), level: 1 },
        { name: 'unpacked', content: long(9), stored: true },
      ],
      'new',
    )
    const names = ['alike', 'hashes', 'other', 'other-last', 'repacked', 'unpacked']
    const pairs = [...names.map((name) => pairIn(old, now, name)), pairIn(old, now, 'hashes', false)]
    const done: number[] = []
    const verdicts = await compareContents(pairs, { old, new: now }, { progress: (bytes) => done.push(bytes) })
    expect(verdicts).toEqual([true, false, false, false, true, true, true])
    expect(done.at(-1)).toBe(pairs.reduce((sum, pair) => sum + pair.old.entry.size, 0))
  })

  it('tells what cannot be read, and goes on', async () => {
    const files = (more: Partial<Content>): Content[] => [
      { name: 'bad', content: long(1), ...more },
      { name: 'good', content: long(2) },
    ]
    const old = opened(files({}), 'old')
    const now = opened(files({ damaged: true }), 'new')
    const [bad, good] = await compareContents([pairIn(old, now, 'bad'), pairIn(old, now, 'good')], { old, new: now })
    expect(good).toBe(true)
    expect(bad).toBeInstanceOf(FormatError)
    expect((bad as FormatError).message).toMatch(/^new: data block at 0x60: does not decompress: /)
  })

  it('unpacks nothing where the stored bytes are the same', async () => {
    const files: Content[] = [{ name: 'bad', content: long(1), damaged: true }]
    const [old, now] = [opened(files, 'old'), opened(files, 'new')]
    expect(await compareContents([pairIn(old, now, 'bad')], { old, new: now })).toEqual([true])
  })

  it('reads contents in the same places once, and no more than an image may have', async () => {
    const image = (limits = DEFAULT_LIMITS): OpenImage =>
      openSource(bytesSource(squashfsOf([{ name: 'f', content: long(1) }]), 'image'), { limits })
    const [old, now] = [image(), image()]
    const pair = pairIn(old, now, 'f')
    const done: number[] = []
    const options = { progress: (_: number, total: number) => done.push(total) }
    expect(await compareContents(Array(1000).fill(pair), { old, new: now }, options)).toEqual(Array(1000).fill(true))
    expect(done).toEqual([10_000])
    const small = image({ ...DEFAULT_LIMITS, unpacked: 9_000 })
    const [verdict] = await compareContents([pairIn(old, small, 'f')], { old, new: small })
    expect((verdict as FormatError).facts.limit).toBe('unpacked=9000')
  })
})

describe('threads that compare', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isoscope-compare-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('say what this one says', async () => {
    const [old, now] = [join(folder, 'old'), join(folder, 'new')]
    writeFileSync(old, long(1, 40_000))
    writeFileSync(now, concat(long(1, 20_000), long(2, 20_000)))
    const run = (offset: number) =>
      ({ offset, storedLength: 1000, length: 1000, skip: 0, unpackedLimit: 1000, codec: 'stored' }) as const
    const jobs: CompareJob[] = Array.from({ length: 40 }, (_, index) => ({
      pairs: [{ old: [run(index * 1000)], new: [run(index * 1000)], hashes: true }],
    }))
    const pool = new WorkerPool<CompareJob, CompareJobResult>(2, () =>
      startThread(new URL('../../dist/src/scan/worker.js', import.meta.url)),
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    const sources = [fileSource(old), fileSource(now)] as const
    const compare = compareJobRunner()
    let here = 0
    const same = new Map<CompareJob, number>()
    await pool.run(
      () => ({ old, new: now, names: { old, new: now } }),
      jobs,
      jobs.length,
      (job) => {
        here += 1
        return compare(job, ...sources)
      },
      (job, result) => same.set(job, result.same[0]!),
    )
    for (const source of sources) source.close()
    expect(jobs.map((job) => same.get(job))).toEqual(jobs.map((_, index) => (index < 20 ? 1 : 0)))
    expect(here).toBeLessThan(40)
  })
})
