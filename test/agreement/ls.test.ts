import { cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

interface Line {
  readonly path: string
  readonly type: string
  readonly below?: { readonly stored: number; readonly size: number; readonly files: number }
}

describeWith(['mksquashfs', 'unsquashfs'], 'ls beside du and find of the unpacked image', () => {
  let work = ''
  let image = ''
  let unpacked = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-ls-'))
    const root = join(work, 'root')
    const write = (path: string, size: number): void => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(
        join(root, path),
        Uint8Array.from({ length: size }, (_, at) => (at * at + size) >> 3),
      )
    }
    write('usr/lib/liba.so.1', 40_000)
    write('usr/lib/deep/er/libb.so.2', 300_000)
    write('usr/share/doc/a/copyright', 7000)
    write('usr/share/doc/b/with space [x]', 1)
    write('boot/initrd', 150_000)
    write('empty/.hidden', 0)
    mkdirSync(join(root, 'usr/lib/empty'))
    symlinkSync('liba.so.1', join(root, 'usr/lib/liba.so'))
    // Names of one file below different directories, at several depths.
    linkSync(join(root, 'usr/lib/deep/er/libb.so.2'), join(root, 'usr/lib/libb.so.2'))
    linkSync(join(root, 'usr/lib/deep/er/libb.so.2'), join(root, 'boot/libb.so.2'))
    linkSync(join(root, 'usr/lib/deep/er/libb.so.2'), join(root, 'usr/lib/deep/er/other'))
    cpSync(join(root, 'boot/initrd'), join(root, 'usr/share/initrd'))
    image = join(work, 'a.squashfs')
    unpacked = join(work, 'unpacked')
    mustRun('mksquashfs', [root, image, '-all-root', '-no-progress', '-quiet'])
    mustRun('unsquashfs', ['-no-progress', '-quiet', '-d', unpacked, image])
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const sorted = (text: Buffer): string[] => text.toString().trimEnd().split('\n').sort()

  it('has sums of directories that are those of find', () => {
    const { stdout } = isoscope(['ls', '-R', '-f', 'ndjson', image])
    const directories = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ type }) => type === 'directory')
    expect(directories.length).toBeGreaterThan(8)
    for (const { path, below } of directories) {
      const found = mustRun('find', [join(unpacked, path), '-type', 'f', '-printf', '%i %s\\n']).toString()
      const files = new Map(
        found.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])),
      )
      const size = [...files.values()].reduce((sum, bytes) => sum + Number(bytes), 0)
      expect({ size: below?.size, files: below?.files }, path).toEqual({ size, files: files.size })
    }
  })

  it('lists directories of all levels in the order of du', () => {
    const { stdout } = isoscope(['ls', '-R', '--du', '-f', 'ndjson', image, '--sort', 'size'])
    const ours = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    // du counts directories and links too, so each directory is asked for the bytes of files alone.
    const sizes = ours.map(({ path }) => {
      const found = mustRun('find', [join(unpacked, path), '-type', 'f', '-exec', 'du', '-bc', '{}', '+']).toString()
      return Number(/^(\d+)\ttotal$/m.exec(found)?.[1] ?? 0)
    })
    expect(ours.map(({ below }) => below?.size)).toEqual(sizes)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    const all = mustRun('find', [unpacked, '-mindepth', '1', '-type', 'd', '-printf', '/%P\\n'])
    expect(ours.map(({ path }) => path).sort()).toEqual(sorted(all))
  })

  it.each(['*', '*.so*', 'lib[ab].so.?', '.*', 'er', 'with space *', 'none*', '[!l]*'])(
    'finds %s as find -name',
    (glob) => {
      const theirs = mustRun('find', [unpacked, '-mindepth', '1', '-name', glob, '-printf', '/%P\\n'])
      expect(sorted(isoscope(['ls', image, '--find', glob]).stdout)).toEqual(sorted(theirs))
    },
  )

  it.each(['/usr/lib/*', '/usr/*/doc/?/*', '/boot'])('finds %s as a shell does', (glob) => {
    const theirs = mustRun('sh', ['-c', `cd "$0" && for each in .${glob}; do echo "$each"; done`, unpacked])
    expect(sorted(isoscope(['ls', image, '--find', glob]).stdout)).toEqual(sorted(theirs).map((path) => path.slice(1)))
  })
})
