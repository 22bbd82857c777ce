import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pathOf } from '../../parsers/image.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { IMAGES, isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

/** The commands that compress their input, by the ending of a file that they make. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  zst: ['zstd', '-c', '-q'],
  xz: ['xz', '-c'],
  gz: ['gzip', '-c'],
  lz4: ['lz4', '-c', '-q'],
  lzma: ['xz', '-c', '--format=lzma'],
  bz2: ['bzip2', '-c'],
  lzo: ['lzop', '-c'],
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The contents of all files below a folder, by path. */
function hashesBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return new Map(paths.map((path) => [path.slice(folder.length), sha256(readFileSync(path))]))
}

/** The contents of all files of an image, by path. */
function hashesIn({ image, reader }: OpenImage): Map<string, string> {
  const files = image.tree.entries.filter(({ type }) => type === 'file')
  const hashes = files.map((entry): [string, string] => {
    const hash = createHash('sha256')
    for (const piece of reader.chunks(entry)) hash.update(piece)
    return [Buffer.from(pathOf(image.tree, entry), 'latin1').toString(), hash.digest('hex')]
  })
  return new Map(hashes.sort(([a], [b]) => (a < b ? -1 : 1)))
}

describeWith(
  [...Object.values(TOOLS).map(([tool]) => tool!), 'unsquashfs', 'xorriso'],
  'images compressed as a whole',
  () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-whole-'))
    afterAll(() => rmSync(work, { recursive: true }))
    const compressed = (image: string, ending: string): string => {
      const [tool, ...options] = TOOLS[ending]!
      const file = join(work, `${image}.${ending}`)
      writeFileSync(file, mustRun(tool!, [...options, join(IMAGES, image)]))
      return file
    }
    const extracted: Readonly<Record<string, () => string>> = {
      'mini.iso': () => {
        const folder = join(work, 'disc')
        mkdirSync(folder)
        mustRun('xorriso', ['-osirrox', 'on', '-indev', join(IMAGES, 'mini.iso'), '-extract', '/', folder])
        return folder
      },
      'zstd.squashfs': () => {
        const folder = join(work, 'tree')
        mustRun('unsquashfs', [
          '-q',
          '-n',
          '-d',
          folder,
          '-no-xattrs',
          '-excludes',
          join(IMAGES, 'zstd.squashfs'),
          'dev',
        ])
        return folder
      },
    }
    const listed = (path: string): string[] => {
      const { code, stdout } = isoscope(['ls', '-R', '-f', 'ndjson', path])
      expect(code).toBe(0)
      // What a file takes differs, and it lies at no place. All else is the same.
      const lines = stdout.toString().trimEnd().split('\n')
      return lines.map((line) => {
        const { stored: _, extents: __, below, ...rest } = JSON.parse(line)
        return JSON.stringify({ ...rest, ...(below === undefined ? {} : { below: { ...below, stored: 0 } }) })
      })
    }

    for (const image of Object.keys(extracted)) {
      it(`have the files of ${image}, whatever compressed it`, () => {
        const expected = hashesBelow(extracted[image]!())
        expect(expected.size).toBeGreaterThan(10)
        const names = listed(join(IMAGES, image))
        for (const ending of Object.keys(TOOLS)) {
          const file = compressed(image, ending)
          const { length } = readFileSync(file)
          const open = openImage(file)
          try {
            expect(open.compression).toBe({ zst: 'zstd', gz: 'gzip', bz2: 'bzip2', lzo: 'lzop' }[ending] ?? ending)
            expect(hashesIn(open)).toEqual(expected)
          } finally {
            open.close()
          }
          expect(listed(file)).toEqual(names)
          const { code, stdout, stderr } = isoscope([file, '--json'])
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
          const report = JSON.parse(stdout.toString())
          expect(report.image.size).toBe(length)
          expect(report.image.unpackedSize).toBe(readFileSync(join(IMAGES, image)).length)
          const { accounts } = report as { accounts: { own: number; places?: unknown }[] }
          expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(length)
          expect(accounts.filter(({ places }) => places !== undefined)).toEqual([])
        }
      })
    }

    it('are folders inside a disc, by their names, or by a path that leads into them', () => {
      const disc = join(work, 'files')
      mkdirSync(disc)
      const names: string[] = []
      for (const [ending, [tool, ...options]] of Object.entries(TOOLS)) {
        names.push(`store.squashfs.${ending}`)
        writeFileSync(
          join(disc, `store.squashfs.${ending}`),
          mustRun(tool!, [...options, join(IMAGES, 'zstd.squashfs')]),
        )
      }
      writeFileSync(join(disc, 'hidden'), readFileSync(join(disc, 'store.squashfs.gz')))
      const file = join(work, 'disc.iso')
      mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', file, disc])
      const { stdout } = isoscope([file, '--json'])
      const report = JSON.parse(stdout.toString())
      const { accounts } = report as { accounts: { path?: string; own: number }[] }
      expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(readFileSync(file).length)
      for (const name of names) {
        // They add up to the file, as it lies on the disc.
        const { length } = readFileSync(join(disc, name))
        const within = report.accounts.filter(({ region }: { region: string }) => region === `/${name}`)
        expect(within.length).toBeGreaterThan(10)
        expect(within.reduce((sum: number, { own }: { own: number }) => sum + own, 0)).toBe(length)
      }
      expect(accounts.filter(({ path }) => path?.startsWith('/hidden'))).toHaveLength(1)
      const lines = (path: string): string[] => isoscope(['ls', file, path]).stdout.toString().split('\n')
      const plain = isoscope(['ls', join(IMAGES, 'zstd.squashfs')])
        .stdout.toString()
        .split('\n')
      for (const name of [...names, 'hidden']) {
        expect(lines(`/${name}/`)).toEqual(plain.map((line) => (line === '' ? '' : `/${name}${line}`)))
      }
    })
  },
)
