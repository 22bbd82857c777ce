import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
    const { stdout } = isoscope(['ls', '--json', ...args], {}, work)
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
    expect(text.split('\n').map((line) => line.slice(line.indexOf('/', 20)))).toEqual([
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
      image?: string
      inside?: string
    }[]
    expect(all.filter(({ image }) => image !== undefined)).toMatchObject([{ path: inner, image: 'squashfs' }])
    for (const { path, inside } of all) expect(inside).toBe(path.startsWith(`${inner}/`) ? inner : undefined)
    const sum = (some: typeof all): number => some.reduce((total, { stored }) => total + stored, 0)
    expect(sum(all.filter(({ image }) => image === undefined))).toBeLessThan(2_097_152)
    // The children of a directory are each by themselves.
    expect(lines(join(IMAGES, 'mini.iso')).some((line) => 'image' in line)).toBe(false)
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
})
