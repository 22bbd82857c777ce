import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { seedsFrom } from '../fuzz/image/seeds.ts'
import { FormatError } from '../parsers/bytes/errors.ts'
import { ALL_LIMITS, DEFAULT_LIMITS, type LimitName, type Limits } from '../parsers/bytes/limits.ts'
import { bytesSource } from '../parsers/bytes/source.ts'
import type { SquashfsImage } from '../parsers/squashfs/index.ts'
import { contentSource } from '../src/images/content-reader.ts'
import { type OpenImage, openSource } from '../src/images/open-image.ts'
import { attribute } from '../src/inventory/attribution.ts'
import { Survey } from '../src/inventory/survey.ts'
import { registeredReferences } from '../src/owners/nix/registered-references.ts'
import { ownersIn } from '../src/owners/owners-in.ts'
import { bootedOwners } from '../src/owners/roots.ts'
import { isoscope } from './cli/run.ts'
import { archive } from './parsers/cpio/writer.ts'
import {
  concat,
  fileInode,
  flat,
  squashfsOf,
  storedWord,
  typedInode,
  writeSquashfs,
} from './parsers/squashfs/writer.ts'

const seeds = seedsFrom(join(fileURLToPath(new URL('../fixtures/', import.meta.url)), 'images'))
const squashfs = seeds.find(({ name }) => name === 'squashfs with everything')!.bytes
const disc = seeds.find(({ name }) => name === 'disc with everything')!.bytes

/** Sentences of what is wrong with an image as a whole. */
const problems = (open: OpenImage): string[] => attribute(open).warnings.map(({ message }) => message)

/** What an action throws, as a sentence. */
function thrown(action: () => unknown): string[] {
  try {
    action()
    return []
  } catch (error) {
    if (error instanceof FormatError) return [error.message]
    throw error
  }
}

const entryNamed = ({ image }: OpenImage, name: string) => image.tree.entries.find((entry) => entry.name === name)!
const read = (open: OpenImage, name: string): string[] => thrown(() => [...open.reader.chunks(entryNamed(open, name))])

/** Three inodes that are none. */
const damaged = (): Uint8Array =>
  writeSquashfs(flat(['a', 'b', 'c'].map((name) => ({ name, inode: typedInode(15, new Uint8Array(20)) }))))

/** Two files, of which the second begins in the first. */
const overlapping = (): Uint8Array =>
  writeSquashfs({
    data: new Uint8Array(4097),
    ...flat(
      [96, 97].map((start) => ({
        name: `at ${start}`,
        inode: fileInode({ start, size: 4096, blocks: [storedWord(4096)] }),
      })),
    ),
  })

/** 200 fragments that lie behind the end. */
const lostFragments = (): Uint8Array =>
  writeSquashfs({
    ...flat([]),
    fragments: Array.from({ length: 200 }, (_, index) => ({ start: 2 ** 30 + index, word: storedWord(1) })),
  })

/** Two configurations of boot loaders. */
const configurations = (text = ''): Uint8Array => {
  const line = (system: string): string => `init=/nix/store/${system.repeat(32)}-${system}/init\n`
  const texts = text === '' ? [line('a'), line('b')].map((init) => init.padEnd(4096, ' ')) : [text]
  return writeSquashfs({
    data: new TextEncoder().encode(texts.join('')),
    ...flat(
      ['grub.cfg', 'isolinux.cfg'].slice(0, texts.length).map((name, index) => ({
        name,
        inode: fileInode({
          start: 96 + 4096 * index,
          size: texts[index]!.length,
          blocks: [storedWord(texts[index]!.length)],
        }),
      })),
    ),
    ...(text === '' ? {} : { superblock: { blockSize: 2 ** 20, blockLog: 20 } }),
  })
}

/** Two archives that are compressed each for itself. */
function twoArchives(): Uint8Array {
  const packed = gzipSync(archive({ name: 'init', content: 'content' }))
  return concat(packed, new Uint8Array(4), packed)
}

/** For each limit but the one of test/hostile/expansion.test.ts an image, a value that it goes beyond, one that it does not, and what finds that out. */
const CASES: Readonly<
  Record<
    Exclude<LimitName, 'saved-report' | 'expansion'>,
    readonly [bytes: Uint8Array, below: number, enough: number, look: (open: OpenImage) => string[]]
  >
> = {
  entries: [squashfs, 4, 100, problems],
  depth: [squashfs, 1, 3, problems],
  path: [squashfs, 100, 10_000, problems],
  name: [disc, 20, 104, problems],
  symlink: [disc, 10, 100, problems],
  'ce-hops': [disc, 1, 2, problems],
  'ce-bytes': [disc, 150, 300, problems],
  metadata: [squashfs, 0, 8192, problems],
  blocks: [squashfs, 2, 100, problems],
  'file-blocks': [squashfs, 1, 2, (open) => thrown(() => contentSource(open.reader, entryNamed(open, 'libc.so')))],
  fragments: [squashfs, 1, 2, problems],
  xattrs: [
    squashfs,
    10,
    100,
    (open) => thrown(() => (open.image as SquashfsImage).xattrs(open.image.tree.entries[0]!)),
  ],
  damage: [damaged(), 1, 3, problems],
  descriptors: [disc, 2, 10, problems],
  search: [disc, 2048, 2 ** 20, problems],
  'boot-entries': [disc, 3, 10, problems],
  partitions: [disc, 1, 8, problems],
  archives: [twoArchives(), 1, 2, problems],
  nesting: [disc, 0, 1, problems],
  images: [disc, 0, 1, problems],
  tangle: [overlapping(), 1, 10, problems],
  unclaimed: [disc, 2048, 2 ** 20, problems],
  configuration: [configurations(), 4096, 8192, problems],
  packages: [
    squashfsOf({ 'var/lib/dpkg/status': 'Package: a\nVersion: 1\n' }),
    10,
    100,
    (open) => ownersIn(open).problems.map(({ message }) => message),
  ],
  registration: [squashfs, 100, 10_000, (open) => thrown(() => registeredReferences(ownersIn(open).images, new Set()))],
  unpacked: [squashfs, 4000, 40_000, (open) => read(open, 'libc.so')],
}

describe('limits', () => {
  it.each(Object.entries(CASES))('%s is said and can be set', (key, [bytes, below, enough, look]) => {
    const name = key as LimitName
    const said = (value: number): string[] => {
      const limits: Limits = { ...DEFAULT_LIMITS, [name]: value }
      return look(openSource(bytesSource(bytes, 'image'), { limits })).filter((text) => text.includes('the limit is'))
    }
    expect(said(below).join('\n')).toMatch(
      new RegExp(
        `^(.* in )?image: .* at 0x[0-9a-f]+( .* of the outer file.)?: .*; the limit is ${name}=${below}, and --parser-limit sets another$`,
        'm',
      ),
    )
    expect(said(enough)).toEqual([])
  })

  it('are said where a hundred other things have been, which are counted', () => {
    const limits = { ...DEFAULT_LIMITS, damage: 150 }
    const said = problems(openSource(bytesSource(lostFragments(), 'image'), { limits }))
    expect(said).toHaveLength(5)
    expect(said[3]).toMatch(/too many fragments are damaged; the rest is left out; the limit is damage=150/)
    expect(said[4]).toMatch(/\(148 more like this, the last of them here\)/)
  })

  it('leave out roots that stand in too many configurations, and are said', () => {
    const roots = (limits: Limits) => [
      ...bootedOwners(openSource(bytesSource(configurations(), 'image'), { limits })).keys(),
    ]
    expect(roots(DEFAULT_LIMITS).map((base) => base[0])).toEqual(['a', 'b'])
    expect(roots({ ...DEFAULT_LIMITS, configuration: 4096 }).map((base) => base[0])).toEqual(['a'])
    // A configuration that begins an init at each word, of which none ends: it is read in no more than its length.
    const text = '/init='.repeat(2 ** 20 / 6)
    const open = openSource(bytesSource(configurations(text), 'image'), {})
    expect(entryNamed(open, 'grub.cfg').size).toBe(text.length)
    expect(bootedOwners(open).size).toBe(0)
  })

  it('bound the paths of a disc as those of a squashfs', () => {
    const said = problems(openSource(bytesSource(disc, 'image'), { limits: { ...DEFAULT_LIMITS, path: 50 } }))
    expect(said.join('\n')).toMatch(/directory record at 0x.*: its paths are too long .*; the limit is path=50,/)
  })

  it('bound what a scan looks at', async () => {
    const failures = async (limits: Limits): Promise<string[]> => {
      const open = openSource(bytesSource(squashfs, 'image'), { limits })
      return (await new Survey(() => open).scan()).failures.map(({ error }) => error.message)
    }
    expect((await failures({ ...DEFAULT_LIMITS, unpacked: 5000 })).join('\n')).toMatch(/the limit is unpacked=5000/)
    expect((await failures({ ...DEFAULT_LIMITS, blocks: 2 })).join('\n')).toMatch(/the limit is blocks=2/)
    expect(await failures(DEFAULT_LIMITS)).toEqual([])
  })

  it('each have a reason that says what they bound', () => {
    for (const { value, unit, reason } of Object.values(ALL_LIMITS)) {
      expect(Number.isSafeInteger(value)).toBe(true)
      expect(`${unit} ${reason}`).toMatch(/^\w+ .{20,}$/)
    }
  })
})

describe('--parser-limit and --parser-limits', () => {
  it('set a limit, several, and of one the last', () => {
    const ls = (...more: string[]) => isoscope(['ls', '-R', 'deep.iso', ...more])
    expect(ls('--parser-limit', 'depth=3').stderr).toMatch(/the limit is depth=3, and --parser-limit sets another/)
    expect(ls('--parser-limit', 'depth=3', '--parser-limit', 'depth=3K')).toEqual(ls())
    expect(ls('--parser-limit', 'depth=20', '--parser-limit', 'entries=2').stderr).toMatch(/the limit is entries=2/)
  })

  it('are still known by the names they had before', () => {
    expect(isoscope(['ls', '-R', 'deep.iso', '--limit', 'depth=3'])).toEqual(
      isoscope(['ls', '-R', 'deep.iso', '--parser-limit', 'depth=3']),
    )
    expect(isoscope(['ls', '-R', 'deep.iso', '--limit=depth=3']).stderr).toMatch(/the limit is depth=3/)
    expect(isoscope(['--limits'])).toEqual(isoscope(['--parser-limits']))
    for (const args of [['--help'], ['ls', '--help'], ['diff', '--help']]) {
      expect(isoscope(args).stdout.toString()).not.toMatch(/--(parser-)?limit/)
    }
  })

  it('are said where a path leads further than one', () => {
    const cat = (limit: string) =>
      isoscope(['cat', 'nested.iso', '/payload.dat/cache.bin/innermost.txt', '--parser-limit', limit])
    expect(cat('nesting=1').stderr).toMatch(/cache\.bin in payload\.dat in nested\.iso: .*; the limit is nesting=1,/)
    expect(cat('nesting=2')).toMatchObject({ code: 0, stderr: '' })
  })

  it('do not keep what was found out within other limits', () => {
    const asked = isoscope(['mini.iso', '--parser-limit', 'registration=10'])
    expect(asked.stderr).toMatch(
      /the limit is registration=10, .*, so the references come from a scan|so the references come from a scan.*the limit is registration=10/,
    )
  })

  it.each([
    ['dpth=3', /--parser-limit: no limit 'dpth'; did you mean depth\?/],
    ['depth', /--parser-limit depth: '' is not a size/],
    ['depth=x', /--parser-limit depth: 'x' is not a size/],
    ['toString=1', /--parser-limit: no limit 'toString'; see --parser-limits/],
  ])('%s is none', (setting, sentence) => {
    const { code, stderr } = isoscope(['ls', 'deep.iso', '--parser-limit', setting])
    expect(stderr).toMatch(sentence)
    expect(code).toBe(2)
  })
})
