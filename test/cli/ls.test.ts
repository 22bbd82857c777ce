import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nm, px, record, rockRidgeImage } from '../parsers/iso9660/image-builder.ts'
import { IMAGES, isoscope } from './run.ts'

const FILE = 0o100644

describe('ls', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-ls-'))
    const names = ['a', 'b\xff', 'c\x1b[31m']
    const bytes = rockRidgeImage([
      ...names.map((name, index) =>
        record({ name: `N${index}`, block: 40, size: 3000, systemUse: [px(FILE), nm(name)] }),
      ),
      record({ name: 'P0', block: 50, size: 10, systemUse: [px(FILE), nm('p')] }),
      record({ name: 'P1', block: 50, size: 10, systemUse: [px(FILE), nm('q')] }),
    ])
    writeFileSync(join(work, 'links.iso'), bytes)
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const lines = (...args: string[]): Record<string, unknown>[] => {
    const { stdout } = isoscope(['ls', '-f', 'ndjson', ...args], {}, work)
    const text = stdout.toString().trimEnd().split('\n')
    return text.map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  it('names hard links in JSON, bytes as they are', () => {
    const found = lines('links.iso').map(({ path, pathBase64, stored, links, linkTo }) => ({
      path,
      pathBase64,
      stored,
      links,
      linkTo,
    }))
    expect(found).toEqual([
      { path: '/a', stored: 1000, links: 3 },
      {
        path: '/b\\xff',
        pathBase64: Buffer.from('/b\xff', 'latin1').toString('base64'),
        stored: 1000,
        links: 3,
        linkTo: '/a',
      },
      { path: '/c\x1b[31m', stored: 1000, links: 3, linkTo: '/a' },
      { path: '/p', stored: 5, links: 2 },
      { path: '/q', stored: 5, links: 2, linkTo: '/p' },
    ])
  })

  it('names the other name of two, and counts more', () => {
    const text = isoscope(['ls', '-l', 'links.iso'], {}, work).stdout.toString()
    const [heading, ...rows] = text.split('\n')
    expect(heading).toMatch(/^MODE +OWNER +SIZE +STORED +TIME \(UTC\) +NAME$/)
    expect(rows.map((line) => line.slice(line.indexOf('/', 20)))).toEqual([
      '/a +2 names',
      '/b\\xff +2 names',
      '/c\\x1b[31m +2 names',
      '/p = /q',
      '/q = /p',
      '',
    ])
  })

  it('marks an image it has entered and what is in it, so that stored sizes add up to no more than the file', () => {
    const inner = '/nix-store.squashfs'
    const all = lines('-R', join(IMAGES, 'mini.iso')) as {
      path: string
      stored: number
      imageFormat?: string
      imagePath?: string
    }[]
    expect(all.filter(({ imageFormat }) => imageFormat !== undefined)).toMatchObject([
      { path: inner, imageFormat: 'squashfs' },
    ])
    for (const { path, imagePath } of all) expect(imagePath).toBe(path.startsWith(`${inner}/`) ? inner : undefined)
    const sum = (some: typeof all): number => some.reduce((total, { stored }) => total + stored, 0)
    expect(sum(all.filter(({ imageFormat }) => imageFormat === undefined))).toBeLessThan(2_097_152)
    // The children of a directory are each by themselves.
    expect(lines(join(IMAGES, 'mini.iso')).some((line) => 'imageFormat' in line)).toBe(false)
  })

  it('scales what is in a compressed image to the bytes that it takes', () => {
    const nested = join(IMAGES, 'nested.iso')
    const cache = lines(nested, '/payload.dat').find(({ path }) => path === '/payload.dat/cache.bin')
    const inside = lines('-R', nested, '/payload.dat/cache.bin/')
    const sum = inside.reduce((total, { stored }) => total + (stored as number), 0)
    expect(cache).toMatchObject({ size: 4096, stored: 1232 })
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThan(1232)
    // Its bytes are nowhere in the file as they are.
    expect(inside.some((line) => 'extents' in line)).toBe(false)
    expect(cache).toHaveProperty('extents')
  })

  it('refuses --extents for a list of names', () => {
    expect(isoscope(['ls', '--extents', 'links.iso'], {}, work)).toMatchObject({
      code: 2,
      stderr: 'isoscope: --extents needs -l or --json\n',
    })
    expect(lines('--extents', 'links.iso')).toEqual(lines('links.iso'))
  })

  it('says that a squashfs has one tree', () => {
    for (const command of [['ls'], ['cat', '/a']]) {
      const [name, ...path] = command
      const { code, stderr } = isoscope([name!, '--tree', 'joliet', 'zstd.squashfs', ...path])
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr:
          'isoscope: zstd.squashfs: superblock at 0x0: a squashfs has one tree and no other names; only an ISO9660 image has several\n',
      })
    }
  })

  describe('of a store path', () => {
    const HASH = 'lqndabdvnz9p31a68ilqpml8f44msjpc'
    const NIX = `/nix-store.squashfs/${HASH}-nix-2.31.2`
    const listed = (...args: string[]): string[] => {
      const { code, stdout, stderr } = isoscope(['ls', ...args])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout.toString().trimEnd().split('\n')
    }

    it.each([
      `/nix/store/${HASH}-nix-2.31.2/bin`,
      `${HASH}-nix-2.31.2/bin/`,
      `nix/store/${HASH}-nix-2.31.2/bin`,
      '/nix/store/nix-2.31.2/bin',
      'nix-2.31.2/bin',
      'lqnda/bin',
      'nix-2.31*/./bin',
      `/elsewhere/${HASH}-nix-2.31.2/bin`,
    ])('takes %s', (path) => {
      expect(listed('mini.iso', path)).toContain(`${NIX}/bin/nix`)
      expect(listed('mini.iso', path)).toEqual(listed('mini.iso', `${NIX}/bin`))
    })

    it('lists the store path itself, and cat writes a file of it', () => {
      expect(listed('mini.iso', 'nix-2.31.2')).toEqual(listed('mini.iso', NIX))
      const file = `/nix/store/${HASH}-nix-2.31.2/bin/nix`
      expect(isoscope(['cat', 'mini.iso', file])).toEqual(isoscope(['cat', 'mini.iso', `${NIX}/bin/nix`]))
      expect(isoscope(['cat', 'mini.iso', 'nix-2.31.2/bin/nix']).stdout.length).toBeGreaterThan(1000)
      expect(isoscope(['cat', 'mini.iso', 'nix-2.31.2'])).toMatchObject({
        code: 2,
        stderr: `isoscope: mini.iso: ${NIX} is a directory, not a regular file\n`,
      })
    })

    it('takes an entry of that path first', () => {
      expect(listed('mini.iso', 'boot')).toEqual(listed('mini.iso', '/boot'))
    })

    it.each([
      ['unit', "'unit' is ambiguous: 7 store paths match:"],
      ['nix-2.31.2/none', `no ${NIX}/none in it`],
      ['where/perl', "no /where in it; isoscope ls mini.iso --find 'where/perl' looks everywhere"],
      ['nowhere', "no /nowhere in it; isoscope ls mini.iso --find '*nowhere*' looks everywhere"],
      // A path of the image is no name.
      ['/nix-2.31.2', 'no /nix-2.31.2 in it'],
      ['/nix/store/nowhere', "no store path matches 'nowhere'"],
      [`/nix/store/${'0'.repeat(32)}-x`, `no store path matches '${'0'.repeat(32)}-x'`],
    ])('refuses %s', (path, message) => {
      const { code, stdout, stderr } = isoscope(['ls', 'mini.iso', path])
      const [sentence, ...choices] = stderr.trimEnd().split('\n')
      expect({ code, stdout: stdout.toString(), sentence }).toEqual({
        code: 2,
        stdout: '',
        sentence: `isoscope: mini.iso: ${message}`,
      })
      for (const choice of choices) expect(choice).toMatch(/^ +\d+ B {2}\S*unit/)
      expect(choices).toHaveLength(path === 'unit' ? 7 : 0)
    })
  })

  describe('sorted', () => {
    const [STORE, ALL] = ['/nix-store.squashfs', join(IMAGES, 'mini.iso')]
    type Line = { path: string; type: string; size: number; stored: number; mtime: number; below?: Line }

    it.each(['size', 'stored'] as const)('by %s, directories with all below them', (order) => {
      const found = lines(ALL, STORE, '--sort', order) as Line[]
      const bytes = found.map((line) => (line.below ?? line)[order])
      expect(bytes).toEqual([...bytes].sort((a, b) => b - a))
      expect(lines(ALL, STORE, '--sort', order, '-n', '3')).toEqual(found.slice(0, 3))
      expect(lines(ALL, STORE, '-n', '0').map(({ path }) => path)).toEqual(found.map(({ path }) => path).sort())
    })

    it('by size with -R: files, of which each counts once', () => {
      const found = lines('-R', ALL, '--sort', 'size') as Line[]
      const firstDirectory = found.findIndex(({ type }) => type === 'directory')
      const sizes = found.slice(0, firstDirectory).map(({ size }) => size)
      expect(sizes.length).toBeGreaterThan(50)
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    })

    it('by time and by name', () => {
      const times = (lines(ALL, '-R', '--sort', 'time') as Line[]).map(({ mtime }) => mtime)
      expect(times).toEqual([...times].sort((a, b) => b - a))
      expect(new Set(times).size).toBeGreaterThan(1)
      const names = lines(join(IMAGES, 'zstd.squashfs'), '-R', '--sort', 'name').map(({ path }) => String(path))
      // Parts of paths, so that a directory comes right before what is in it.
      const parts = (path: string): string => path.split('/').join('\0')
      expect(names).toEqual([...names].sort((a, b) => (parts(a) < parts(b) ? -1 : 1)))
    })

    it('refuses numbers of lines that are none', () => {
      expect(isoscope(['ls', 'mini.iso', '-n', '1.5'])).toMatchObject({
        code: 2,
        stderr: 'isoscope: -n: takes a whole number, 0 or more\n',
      })
    })
  })

  it('--du has rows that add up to the file', () => {
    const rows = (...args: string[]): [number, string][] => {
      const [, ...found] = isoscope(['ls', '--du', '--bytes', ...args])
        .stdout.toString()
        .trimEnd()
        .split('\n')
      return found.map((row) => [
        Number(row.trim().split(/ +/, 1)[0]!.replaceAll(',', '')),
        row.replace(/.*? (?=[/[])/, ''),
      ])
    }
    for (const args of [['mini.iso'], ['mini.iso', '-n', '2'], ['zstd.squashfs'], ['nested.iso']]) {
      const found = rows(...args)
      const [total, name] = found.pop()!
      expect(name).toBe('[total]')
      expect(found.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(total)
      expect(readFileSync(join(IMAGES, args[0]!)).length).toBe(total)
    }
    // An image inside adds up to the bytes of its file.
    const [inside] = rows('mini.iso', 'nix-store.squashfs').slice(-1)
    expect(rows('mini.iso').find(([, name]) => name === '/nix-store.squashfs')![0]).toBe(inside![0])
    const largest = rows('mini.iso', 'nix-store.squashfs').slice(0, -2)
    expect(largest.map(([bytes]) => bytes)).toEqual(largest.map(([bytes]) => bytes).sort((a, b) => b - a))
    expect(isoscope(['ls', '--du', 'mini.iso', 'nope']).code).toBe(2)
    expect(rows('mini.iso', 'version.txt').map(([, name]) => name)).toEqual(['/version.txt', '[total]'])
  })

  it('--find finds names and paths anywhere, and says no', () => {
    const found = (...args: string[]): string[] =>
      isoscope(['ls', 'mini.iso', '--find', ...args])
        .stdout.toString()
        .trimEnd()
        .split('\n')
    const all = isoscope(['ls', '-R', 'mini.iso']).stdout.toString().trimEnd().split('\n')
    expect(found('*')).toEqual(all)
    expect(found('*.cfg')).toEqual(all.filter((path) => path.endsWith('.cfg')))
    expect(found('BOOT/*')).toEqual(['/EFI/BOOT/BOOTX64.EFI', '/EFI/BOOT/grub.cfg'])
    expect(found('/boot/nix/store/*/initrd')).toHaveLength(1)
    const nix = all.filter((path) => /-nix-2.31.2\/bin\/nix$/.test(path))
    expect(nix).toHaveLength(1)
    // As other commands write it, though the image has no /nix/store.
    expect(found('/nix/store/*-nix-2*/bin/nix')).toEqual(nix)
    expect(found('nix-2.31.2/bin/nix')).toEqual(nix)
    expect(found('nix', 'mini.iso')).not.toEqual(nix)
    expect(lines(join(IMAGES, 'mini.iso'), 'nix-2.31.2', '--find', 'nix')).toMatchObject([{ path: nix[0] }])
    expect(isoscope(['ls', 'mini.iso', '--find', 'nope*'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no file in mini.iso matches 'nope*'\n",
    })
    expect(isoscope(['ls', 'mini.iso', '--find', 'nixutil'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no file in mini.iso matches 'nixutil'; did you mean '*nixutil*'?\n",
    })
    expect(isoscope(['ls', 'mini.iso', '--find', 'xyzzy']).stderr).toMatch(/matches 'xyzzy'\n$/)
    expect(isoscope(['ls', 'mini.iso', '--find', 'x'.repeat(1001)])).toMatchObject({
      code: 2,
      stderr: 'isoscope: --find: has 1001 characters; the limit is 1000\n',
    })
  })
})
