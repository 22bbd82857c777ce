import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { examine } from '../../fuzz/image/examine.ts'
import { mutate } from '../../fuzz/image/mutate.ts'
import { type Anatomy, anatomyOf } from '../../fuzz/image/places.ts'
import { seedsFrom } from '../../fuzz/image/seeds.ts'
import { Random } from '../../fuzz/random.js'
import { CONTAINERS, DISCS, type Hostile, SQUASHFS } from '../cli/hostile-images.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const FAILURES = join(FIXTURES, 'failures')
const seeds = seedsFrom(join(FIXTURES, 'images')).filter(({ bytes }) => bytes.length < 1 << 20)
const seedNamed = (name: string): Uint8Array => seeds.find((seed) => seed.name === name)!.bytes

describe('the seeds of the fuzzer of images', () => {
  it.each(seeds)('$name is whole', async ({ bytes }) => {
    const { refusal, complete, paths } = await examine(bytes)
    expect(refusal).toBeUndefined()
    expect(complete).toBe(true)
    expect(paths.length).toBeGreaterThan(0)
  })

  it('have a place for every number of a structure, behind compression too', () => {
    const disc = anatomyOf(seedNamed('disc with everything'))
    const kinds = [
      ...['superblock', 'metadata header', 'directory header', 'directory entry', 'table index', 'xattr', 'id entry'],
      ...['fragment entry', 'export entry', 'xattr id entry', 'volume descriptor', 'boot record volume descriptor'],
      ...['boot catalog entry', 'path table record', 'directory record', 'zisofs header', 'zisofs pointer'],
      ...['master boot record', 'MBR partition record', 'GPT header (UEFI 5.3.2)', 'partition map entry'],
      ...['CE', 'PX', 'NM', 'SL', 'TF', 'CL', 'RE', 'PN', 'ZF', 'AL', 'SP', 'ER'].map((name) => `${name} entry`),
      ...Array.from({ length: 14 }, (_, type) => `inode type ${type + 1}`),
    ]
    expect(kinds.filter((kind) => !disc.places.has(kind))).toEqual([])
    expect(anatomyOf(seedNamed('xz.squashfs with stored metadata')).places.has('directory entry')).toBe(true)
    expect(anatomyOf(seedNamed('xz.squashfs')).places.has('directory entry')).toBe(false)
  })
})

describe('the walk over the structures of an image', () => {
  const hostile = [DISCS, SQUASHFS, CONTAINERS].flatMap((kinds) => Object.values(kinds).flat())

  /** What is found, and in how many reads of the bytes. @throws {Error} when they are more than ever needed */
  const walk = ({ name, bytes: made }: Hostile): { anatomy: Anatomy; reads: number } => {
    let reads = 0
    const counted = new Proxy(Uint8Array.from(made()), {
      get(bytes, key) {
        reads += 1
        if (reads > 100_000) throw new Error(`${name} is read on and on`)
        return Reflect.get(bytes, key)
      },
    })
    return { anatomy: anatomyOf(counted), reads }
  }

  it('ends where the blocks do, in a directory listing that says it has 4 GiB', () => {
    const { anatomy, reads } = walk(hostile.find(({ name }) => name === 'size-2-32')!)
    expect(anatomy.places.has('directory entry')).toBe(true)
    expect(reads).toBeLessThan(1000)
  })

  it('takes few reads of any hostile image', () => {
    expect(hostile.length).toBeGreaterThan(100)
    for (const one of hostile) walk(one)
  })
})

describe('mutations', () => {
  it('are the same for the same seed', () => {
    const bytes = seedNamed('squashfs with everything')
    const subject = { anatomy: anatomyOf(bytes), other: { bytes, anatomy: anatomyOf(bytes) } }
    const series = (seed: number): Uint8Array[] => {
      const random = new Random(seed)
      return Array.from({ length: 50 }, () => mutate(bytes, { ...subject, random }, 1 << 20))
    }
    expect(series(7)).toEqual(series(7))
    expect(series(7)).not.toEqual(series(8))
    expect(anatomyOf(bytes)).toEqual(subject.anatomy)
  })
})

const found = readdirSync(FAILURES).filter((name) => name.endsWith('.img'))

describe.runIf(found.length > 0)('what the fuzzer of images found', () => {
  it.each(found)('%s', async (name) => {
    const bytes = Uint8Array.from(readFileSync(join(FAILURES, name)))
    const started = process.cpuUsage()
    const { digest } = await examine(bytes)
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000)
    expect((await examine(bytes)).digest).toBe(digest)
  })
})
