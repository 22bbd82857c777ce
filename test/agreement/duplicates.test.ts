import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basePath } from '../analyses/synthetic-side.ts'
import { isoscope } from '../cli/run.ts'
import { noise } from '../cli/store-with-copies.ts'
import { describeWith, mustRun } from '../oracle.ts'

interface ContentJson {
  readonly places: readonly { path: string; files: number; own: number; compression: string | null }[]
}

interface DuplicatesJson {
  readonly identicalFiles: readonly ContentJson[]
  readonly forms: readonly ContentJson[]
  readonly storedOnce: readonly {
    readonly imagePath: string
    readonly files: number
    readonly bytes: number
    readonly contents: readonly { size: number; own: number; sharedBy: readonly { path: string }[] }[]
  }[]
  readonly compared: { complete: boolean }
}

/** A page is the least that is compared. */
const MIN_COMPARED = 4096

const COMPRESSORS = [
  ['gzip', '.gz', 'gzip'],
  ['xz', '.xz', 'xz'],
  ['zstd', '.zst', 'zstd'],
  ['bzip2', '.bz2', 'bzip2'],
  ['lz4', '.lz4', 'lz4'],
  ['lzop', '.lzo', 'lzop'],
] as const

describeWith(
  ['mksquashfs', 'unsquashfs', ...COMPRESSORS.map(([tool]) => tool)],
  'isoscope duplicates of what mksquashfs packs',
  () => {
    let work = ''
    let tree = ''
    const files = new Map<string, Uint8Array>()
    beforeAll(() => {
      work = mkdtempSync(join(tmpdir(), 'isoscope-copies-'))
      tree = join(work, 'tree')
      const add = (path: string, content: Uint8Array): void => {
        mkdirSync(dirname(join(tree, path)), { recursive: true })
        writeFileSync(join(tree, path), content)
        files.set(path, content)
      }
      // Many of few sizes, so that equal sizes do not mean equal contents; in fragments, in blocks and in both.
      for (let index = 0; index < 120; index += 1) {
        const size = [100, 4096, 5000, 131_072, 300_000][index % 5]!
        add(`${basePath(1 + (index % 7), `p-${index % 7}`)}/dir-${index % 3}/file-${index}`, noise(index % 40, size))
      }
      const text = (seed: number): Uint8Array => Buffer.from(Buffer.from(noise(1000 + seed, 6000)).toString('hex'))
      for (const [index, [tool, end]] of COMPRESSORS.entries()) {
        const beside = `${basePath(20, 'docs')}/beside-${index}`
        add(beside, text(index))
        const packed = mustRun(tool, ['-c'], { input: text(index) })
        add(`${beside}${end}`, packed)
        // Elsewhere, under another name.
        add(`${basePath(21, 'elsewhere')}/other-${index}`, text(100 + index))
        add(`${basePath(22, 'packed')}/name-${index}${end}`, mustRun(tool, ['-c'], { input: text(100 + index) }))
        // Only the name of a compressed file, and the plain form of nothing.
        add(`${basePath(23, 'other')}/not-${index}${end}`, text(200 + index))
      }
    })
    afterAll(() => rmSync(work, { recursive: true }))

    const json = (image: string, ...args: string[]): DuplicatesJson => {
      const { code, stdout, stderr } = isoscope(['duplicates', image, '--json', ...args], {}, work)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return JSON.parse(stdout.toString()) as DuplicatesJson
    }

    const pack = (image: string, ...args: string[]): void => {
      mustRun('mksquashfs', [tree, join(work, image), '-noappend', '-quiet', '-no-progress', '-all-root', ...args])
    }

    /** Groups of paths with one content, of at least a page, as sha256sum tells them of what unsquashfs unpacks. */
    const bySha256 = (image: string): string[][] => {
      const folder = join(work, `of-${image}`)
      mustRun('unsquashfs', ['-q', '-n', '-f', '-d', folder, join(work, image)])
      const large = [...files].filter(([, content]) => content.length >= MIN_COMPARED).map(([path]) => path)
      const lines = mustRun('sha256sum', large, { cwd: folder }).toString().trim().split('\n')
      const groups = new Map<string, string[]>()
      for (const line of lines) {
        const [hash, path] = line.split(/ [ *]/) as [string, string]
        groups.set(hash, [...(groups.get(hash) ?? []), `/${path}`])
      }
      rmSync(folder, { recursive: true })
      return [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort())
    }

    it('finds the files that sha256sum calls equal, if each is stored', () => {
      pack('stored', '-no-duplicates', '-comp', 'gzip')
      const { identicalFiles: identical, storedOnce, compared } = json('stored')
      expect(compared.complete).toBe(true)
      const found = identical.map(({ places }) => places.map(({ path }) => path).sort())
      const expected = bySha256('stored')
      expect(expected.length).toBeGreaterThan(20)
      expect(found.sort()).toEqual(expected.sort())
      expect(identical.flatMap(({ places }) => places).every(({ files: count }) => count === 1)).toBe(true)
      expect(storedOnce).toEqual([])
    })

    it('says that they are stored once, if they are', () => {
      pack('once', '-comp', 'zstd')
      const { identicalFiles: identical, storedOnce } = json('once')
      const groups = bySha256('once')
      const sizeOf = (path: string): number => files.get(path.slice(1))!.length
      expect(identical).toEqual([])
      expect(storedOnce.map(({ contents: _, ...sums }) => sums)).toEqual([
        {
          imagePath: '/',
          files: groups.reduce((sum, group) => sum + group.length - 1, 0),
          bytes: groups.reduce((sum, group) => sum + (group.length - 1) * sizeOf(group[0]!), 0),
        },
      ])
      const { contents } = storedOnce[0]!
      expect(contents.map(({ sharedBy }) => sharedBy.map(({ path }) => path).sort()).sort()).toEqual(groups.sort())
      for (const { size, sharedBy: shared } of contents) {
        expect(shared.map(({ path }) => sizeOf(path))).toEqual(shared.map(() => size))
      }
      const again = contents.map(({ size, sharedBy: shared }) => size * (shared.length - 1))
      expect(again).toEqual([...again].sort((a, b) => b - a))
    })

    it('finds what each compressor made of a file beside it, and with --deep of any file', () => {
      pack('forms', '-comp', 'gzip', '-b', '65536')
      const pairs = (some: readonly ContentJson[]): string[] =>
        some
          .map(({ places }) => {
            const plain = places.find(({ compression }) => compression === null)!
            const packed = places.find(({ compression }) => compression !== null)!
            expect(places).toHaveLength(2)
            return `${plain.path} ${packed.path} ${packed.compression}`
          })
          .sort()
      const beside = COMPRESSORS.map(([, end, name], index) => {
        const path = `/${basePath(20, 'docs')}/beside-${index}`
        return `${path} ${path}${end} ${name}`
      })
      const elsewhere = COMPRESSORS.map(
        ([, end, name], index) =>
          `/${basePath(21, 'elsewhere')}/other-${index} /${basePath(22, 'packed')}/name-${index}${end} ${name}`,
      )
      expect(pairs(json('forms').forms)).toEqual([...beside].sort())
      expect(pairs(json('forms', '--deep').forms)).toEqual([...beside, ...elsewhere].sort())
    })

    it('finds files of a disc that are in its squashfs too', () => {
      const disc = join(work, 'disc')
      mkdirSync(disc)
      pack('disc/store.squashfs', '-comp', 'gzip')
      const [path] = [...files].find(([, content]) => content.length === 300_000)!
      copyFileSync(join(tree, path), join(disc, 'copy'))
      mustRun('xorrisofs', ['-quiet', '-r', '-o', join(work, 'disc.iso'), disc])
      const { identicalFiles: identical } = json('disc.iso')
      expect(identical.map(({ places }) => places.map((place) => place.path))).toEqual([
        ['/copy', expect.stringMatching(/^\/store\.squashfs\/\w{32}-p-\d\/dir-\d\/file-\d+$/)],
      ])
      expect(identical[0]!.places[0]!.own).toBe(300_000)
    })

    it('are in the report of an image without owners, whether they are stored once or again', () => {
      const plain = join(work, 'plain')
      for (const [path, seed, size] of [
        ['docs/one', 1, 90_000],
        ['lib/deep/two', 1, 90_000],
        ['three', 1, 90_000],
        ['lib/other', 2, 90_000],
        ['lib/small', 3, 5000],
      ] as const) {
        mkdirSync(dirname(join(plain, path)), { recursive: true })
        writeFileSync(join(plain, path), noise(seed, size))
      }
      for (const [image, ...args] of [['plain-once'], ['plain-again', '-no-duplicates']] as const) {
        mustRun('mksquashfs', [plain, join(work, image), '-noappend', '-quiet', '-no-progress', '-all-root', ...args])
      }
      const reportOf = (image: string): string => isoscope([image], {}, work).stdout.toString()
      expect(reportOf('plain-once')).toMatch(
        /\nStored once .*\nUNPACKED {2}FILE\n87\.9 KiB {2}docs\/one\n {10}lib\/deep\/two\n {10}three\n$/,
      )
      expect(reportOf('plain-once')).not.toContain('Identical files')
      const again = reportOf('plain-again')
      expect(again).toMatch(/\nIdentical files .*\n +AGAIN +OWN {2}FILE\n175\.8 KiB {2}87\.9 KiB {2}/)
      const rows = again.slice(again.indexOf('Identical files')).trimEnd().split('\n').slice(2)
      expect(rows.map((row) => row.split('  ').at(-1)!.trim()).sort()).toEqual(['docs/one', 'lib/deep/two', 'three'])
      expect(reportOf('stored')).not.toContain('Identical files')
    })
  },
)

describeWith(['mksquashfs'], 'a diff of one tree that mksquashfs packs in two ways', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-packing-'))
    const folder = join(work, 'tree', basePath(1, 'docs-1.0'))
    mkdirSync(folder, { recursive: true })
    for (let index = 0; index < 20; index += 1) {
      writeFileSync(join(folder, `file-${index}`), `line of file ${index}\n`.repeat(5000 + index))
    }
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it.each([
    [['zstd', 19, 1 << 20], ['zstd', 6, 1 << 20], 'zstd level 19 → 6'],
    [['zstd', 19, 1 << 20], ['xz', undefined, 1 << 17], 'zstd (level 19) → xz, 1 MiB → 128 KiB blocks'],
    [['gzip', 9, 1 << 17], ['gzip', 1, 1 << 17], 'gzip: default options → level 1, window 15'],
  ] as const)('says in its header and its packing row what changed: %j %j', (before, after, words) => {
    for (const [name, [compressor, level, blockSize]] of [
      ['old', before],
      ['new', after],
    ] as const) {
      const options = level === undefined ? [] : ['-Xcompression-level', String(level)]
      mustRun(
        'mksquashfs',
        [
          ...['tree', name, '-noappend', '-quiet', '-no-progress', '-comp', compressor, ...options],
          ...['-b', String(blockSize)],
        ],
        { cwd: work },
      )
    }
    const text = isoscope(['diff', 'old', 'new'], {}, work).stdout.toString()
    const [header, table] = text.split(/\n\n(?= *ON )/)
    expect(`${header}\n`).toContain(`\n    ${words}\n`)
    expect(table!.split('\n').filter((line) => line.includes('[repacking: 1 path'))).toEqual([
      expect.stringContaining(`  ${words}`),
    ])
    expect(isoscope(['diff', 'old', 'new', '-f', 'md'], {}, work).stdout.toString()).toContain(
      `\n- ${words.replace(/[()]/g, '\\$&')}\n`,
    )
    const { compressionChanges, rows } = JSON.parse(
      isoscope(['diff', 'old', 'new', '--json'], {}, work).stdout.toString(),
    ) as {
      compressionChanges: object[]
      rows: { kind: string; compressionChange?: object }[]
    }
    expect(compressionChanges).toMatchObject([
      { oldCompression: { compressor: before[0] }, newCompression: { compressor: after[0] } },
    ])
    expect([rows.find(({ kind }) => kind === 'packing')!.compressionChange]).toEqual(compressionChanges)
  })
})
