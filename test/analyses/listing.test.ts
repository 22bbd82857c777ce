import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { listing } from '../../src/analyses/listing.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { type Resolved, resolvePath } from '../../src/images/resolve-path.ts'

const IMAGES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

function at(open: OpenImage, path: string): Resolved {
  const found = resolvePath(open, path)
  if ('missing' in found) throw new Error(`no ${found.missing}`)
  return found
}

function paths(open: OpenImage, path: string, recursive: boolean): string[] {
  return [...listing(at(open, path), recursive)].map((entry) => entry.path)
}

describe('listing', () => {
  it.each(['gzip', 'lzma', 'lzo', 'lz4', 'xz', 'zstd'])('stored sizes add up to the data of %s.squashfs', (name) => {
    const path = `${IMAGES}${name}.squashfs`
    const open = openImage(path)
    const bytes = readFileSync(path)
    // Data lies between the superblock with its options and the inode table (superblock, offset 64).
    const optionsLength = (bytes.readUInt16LE(24) & 0x400) === 0 ? 0 : 2 + (bytes.readUInt16LE(96) & 0x7fff)
    const data = Number(bytes.readBigUInt64LE(64)) - 96 - optionsLength
    const stored = [...listing(at(open, '/'), true)].reduce((sum, entry) => sum + entry.stored(), 0)
    expect(stored).toBe(data)
    open.close()
  })

  it('splits blocks between files of the same content', () => {
    const open = openImage(`${IMAGES}zstd.squashfs`)
    const storedOf = (path: string): number => [...listing(at(open, path), false)][0]!.stored()
    const [one, other] = [storedOf('/copies/long.txt'), storedOf('/docs/long.txt')]
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1)
    expect(one).toBeGreaterThan(0)
    open.close()
  })

  it('enters an image by a path that leads into it, at any depth', () => {
    const open = openImage(`${IMAGES}nested.iso`)
    expect(paths(open, '/', false)).toEqual(['/payload.dat'])
    expect(paths(open, '/payload.dat', false)).toEqual(['/payload.dat/cache.bin', '/payload.dat/note.txt'])
    expect(paths(open, '/payload.dat/cache.bin/', true)).toEqual(['/payload.dat/cache.bin/innermost.txt'])
    expect(paths(open, '/payload.dat/cache.bin/innermost.txt', false)).toEqual(['/payload.dat/cache.bin/innermost.txt'])
    open.close()
  })

  it('recurses into images inside an ISO, and into the part of a tree that was asked for', () => {
    const open = openImage(`${IMAGES}mini.iso`)
    const all = paths(open, '/', true)
    expect(all).toContain('/nix-store.squashfs/nix-path-registration')
    expect(new Set(all).size).toBe(all.length)
    const boot = paths(open, '/boot', true)
    expect(boot).toEqual(all.filter((path) => path.startsWith('/boot/')))
    expect(boot.length).toBeGreaterThan(4)
    open.close()
  })

  it('says how far a path leads', () => {
    const open = openImage(`${IMAGES}mini.iso`)
    expect(resolvePath(open, '/boot/none/file')).toEqual({ missing: '/boot/none' })
    expect(resolvePath(open, '/version.txt/')).toEqual({ missing: '/version.txt/' })
    open.close()
  })
})
