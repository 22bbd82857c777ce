import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { startThread } from '../../src/platform/node/threads.ts'
import type { ReadSubject } from '../../src/scan/plan-reading.ts'
import { type ReadAnswer, type ReadThreads, readContents } from '../../src/scan/read-contents.ts'
import { WorkerPool } from '../../src/scan/worker-pool.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

/** What the build makes of src/scan/worker.ts. */
const BUILT = new URL('../../dist/src/scan/worker.js', import.meta.url)
const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const COUNT = 8
const hashOf = (index: number): string => DIGITS[index]!.repeat(31) + DIGITS[index + 1]!
const names = Array.from({ length: COUNT }, (_, index) => `${hashOf(index)}-p${index}`)
const BLOCK = 131_072

/** Path `n` mentions path `n + 1` in a file that has several blocks; its other files share fragments with other paths. */
function contentsOf(index: number): Record<string, Content> {
  const large = randomBytes(2 * BLOCK + 1000 * index)
  large.write(hashOf((index + 1) % COUNT), BLOCK - 7, 'latin1')
  return {
    [`${names[index]}/bin/large`]: large,
    [`${names[index]}/share/a`]: `small file ${index}`,
    [`${names[index]}/share/b`]: 'the same small file in all',
    [`${names[index]}/share/empty`]: '',
    [`${names[index]}/link`]: { target: `/nix/store/${names[index]}` },
  }
}

/** The NAR of store path `index` of the squashfs above, written down: its files are executable. */
function narOf(index: number, contents: Readonly<Record<string, Content>>): Buffer {
  const string = (text: string | Uint8Array): Buffer => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text)
    const padded = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8)
    padded.writeUInt32LE(bytes.length)
    bytes.copy(padded, 8)
    return padded
  }
  const all = (...texts: readonly (string | Uint8Array)[]): Buffer => Buffer.concat(texts.map(string))
  const at = (path: string): Content => contents[`${names[index]}/${path}`]!
  const file = (path: string): Buffer =>
    all('(', 'type', 'regular', 'executable', '', 'contents', at(path) as string, ')')
  const link = all('(', 'type', 'symlink', 'target', (at('link') as { target: string }).target, ')')
  const entry = (name: string, node: Buffer): Buffer =>
    Buffer.concat([all('entry', '(', 'name', name, 'node'), node, all(')')])
  const directory = (...entries: readonly Buffer[]): Buffer =>
    Buffer.concat([all('(', 'type', 'directory'), ...entries, all(')')])
  return Buffer.concat([
    all('nix-archive-1'),
    directory(
      entry('bin', directory(entry('large', file('bin/large')))),
      entry('link', link),
      entry('share', directory(...['a', 'b', 'empty'].map((name) => entry(name, file(`share/${name}`))))),
    ),
  ])
}

describe('contents', () => {
  let folder = ''
  let file = ''
  const contents = names.map((_, index) => contentsOf(index))
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isoscope-read-'))
    file = join(folder, 'store.squashfs')
    writeFileSync(file, squashfsOf(Object.assign({}, ...contents), { blockSize: BLOCK }))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const subjectsIn = (open: OpenImage, bytes: number): ReadSubject[] =>
    Array.from(ownersIn(open).owners.values(), (owner) => ({ kind: 'owner', open, owner, bytes }))

  const readAll = async (path: string, pool?: ReadThreads, bytes = 9 << 20): Promise<readonly ReadAnswer[]> => {
    const open = openImage(path)
    const told: number[] = []
    try {
      const hashes = names.map((_, index) => hashOf(index))
      const toRead = { subjects: subjectsIn(open, bytes), later: () => [], hashes }
      const progress = (done: number, total: number): void => void told.push(done / total)
      return await readContents(open, toRead, pool, { file: path, jobs: 3, progress })
    } finally {
      pool?.end()
      open.close()
      expect(told.at(-1)).toBe(1)
      expect(told).toEqual([...told].sort((a, b) => a - b))
    }
  }

  const expectAll = (answers: readonly ReadAnswer[]): void => {
    expect(answers).toHaveLength(COUNT)
    for (const [index, answer] of answers.entries()) {
      const nar = narOf(index, contents[index]!)
      const hash = createHash('sha256').update(nar).digest('hex')
      const found = [index, (index + 1) % COUNT].sort((a, b) => a - b)
      expect({ ...answer, found: [...answer.found].sort((a, b) => a - b) }).toEqual({
        hash,
        size: nar.length,
        found,
        failures: [],
        failed: 0,
      })
    }
  }

  it('are hashed and searched here', async () => expectAll(await readAll(file)))
  it('are hashed and searched in jobs of several subjects', async () => expectAll(await readAll(file, undefined, 1000)))
  it('are hashed and searched in threads', async () =>
    expectAll(await readAll(file, new WorkerPool(2, () => startThread(BUILT)))))

  it('are read here if the threads die', async () => {
    const script = join(folder, 'dies.mjs')
    writeFileSync(script, 'process.exit(1)')
    expectAll(await readAll(file, new WorkerPool(2, () => startThread(pathToFileURL(script)))))
  })

  it('that are damaged are named, and do not keep others from being read', async () => {
    const open = openImage(file)
    const { owners } = ownersIn(open)
    const owner = owners.get(names[4]!)!
    const large = [...open.image.tree.entries].find(({ name, index }) => name === 'large' && index > owner.entry.index)!
    const [, second] = [...open.image.runs(large)]
    const shared = open.image.tree.entries.find(({ name }) => name === 'b')!
    const [tail] = [...open.image.runs(shared)]
    open.close()
    const damaged = join(folder, 'damaged.squashfs')
    // Noise is stored, so another byte of it is other content. A deflated block of zeros is none.
    const bytes = readFileSync(file)
    expect(second!.codec).toBe('stored')
    expect(tail!.codec).toBe('zlib')
    bytes.fill(0, tail!.offset, tail!.offset + tail!.storedLength)
    bytes[second!.offset + 5]! ^= 1
    writeFileSync(damaged, bytes)
    for (const pool of [undefined, new WorkerPool<never, never>(1, () => startThread(BUILT))]) {
      const answers = await readAll(damaged, pool as ReadThreads | undefined)
      for (const { hash, size, failed, failures } of answers) {
        expect([hash, size]).toEqual([undefined, undefined])
        // Each path has a part in that fragment, and all have the same small file.
        expect(failed).toBeGreaterThanOrEqual(1)
        expect(failures.map(({ path }) => path)).toContain('share/b')
        expect(failures[0]!.error.message).toMatch(/damaged\.squashfs: data block at 0x[0-9a-f]+: does not decompress/)
      }
    }
    // The other damage alone: another hash, and nothing unreadable.
    const whole = readFileSync(file)
    whole[second!.offset + 5]! ^= 1
    writeFileSync(damaged, whole)
    const answers = await readAll(damaged)
    const sums = contents.map((some, index) => createHash('sha256').update(narOf(index, some)).digest('hex'))
    expect(answers.map(({ hash, failed }, index) => [hash === sums[index], failed])).toEqual(
      names.map((_, index) => [index !== 4, 0]),
    )
  })
})
