import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { contentIdentity } from '../../src/images/content-identity.ts'
import { imageIdentity } from '../../src/images/image-identity.ts'
import { openImage, openSource } from '../../src/images/open-image.ts'
import { IMAGES } from '../cli/run.ts'
import { DOTS, inode, inodeOffset, writeExt4 } from '../parsers/ext4/writer.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-identity-'))
afterAll(() => rmSync(work, { recursive: true }))

function identityOf(bytes: Uint8Array, name = 'any name'): string {
  const source = bytesSource(bytes, name)
  return contentIdentity(source, 0, () => openSource(source))
}

const fixture = (name: string): Buffer => readFileSync(join(IMAGES, name))

/** Where the content of a file of a disc begins. */
function placeOf(image: string, name: string): number {
  const { tree, extents } = openImage(join(IMAGES, image)).image
  const entry = tree.entries.find((each) => each.name === name && each.type === 'file')!
  return [...extents(entry)][0]!.offset
}

describe('the identity of an image by its content', () => {
  it('is a SHA-256, without name and time', () => {
    const bytes = fixture('mini.iso')
    expect(identityOf(bytes)).toMatch(/^[0-9a-f]{64}$/)
    expect(identityOf(bytes, 'another name')).toBe(identityOf(bytes))
    const [one, other] = ['one.iso', 'other.iso'].map((name) => join(work, name)) as [string, string]
    writeFileSync(one, bytes)
    writeFileSync(other, bytes)
    utimesSync(other, 1, 1)
    const [first, second] = [one, other].map((path) => {
      const open = openImage(path)
      return contentIdentity(open.file, 0, () => open)
    })
    expect(first).toBe(second)
    expect(first).toBe(identityOf(bytes))
    // That of the cache has both.
    const known = (path: string): string => imageIdentity(path, 0, () => openImage(path))
    expect(known(one)).not.toBe(known(other))
  })

  it('differs for all fixtures', () => {
    const names = ['mini.iso', 'mini-slim.iso', 'joliet.iso', 'plain.iso', 'rockridge.iso', 'nested.iso', 'deep.iso']
    const more = ['gzip.squashfs', 'xz.squashfs', 'lz4.squashfs', 'lz4.erofs', 'packed.erofs']
    const all = [...names, ...more].map((name) => identityOf(fixture(name)))
    expect(new Set(all).size).toBe(all.length)
  })

  it('tells two images that are equal in their tables, and differ in contents only', () => {
    for (const [image, file] of [
      ['mini.iso', 'isolinux.cfg'],
      ['joliet.iso', 'long.txt'],
    ] as const) {
      const bytes = fixture(image)
      const other = Buffer.from(bytes)
      other[placeOf(image, file) + 3]! ^= 1
      expect(identityOf(other), image).not.toBe(identityOf(bytes))
      const entries = (of: Uint8Array): unknown => openSource(bytesSource(of, '')).image.tree.entries
      expect(entries(other)).toEqual(entries(bytes))
    }
  })

  it('of a small file has every byte in it, and of a large one the beginnings of files', () => {
    const small = fixture('plain.iso')
    const known = identityOf(small)
    for (let at = 0x8800; at < small.length; at += 4099) {
      const other = Buffer.from(small)
      other[at]! ^= 1
      let found: string | undefined
      try {
        found = identityOf(other)
      } catch {
        // A damaged directory has none.
      }
      expect(found, String(at)).not.toBe(known)
    }
    // 16 of 257 blocks are samples: the one at 12 MiB is none.
    const large = Buffer.alloc((1 << 26) + 1)
    fixture('mini.iso').copy(large)
    const [of, unseen] = [identityOf(large), Buffer.from(large)]
    unseen[0x00c0_0000 + 5] = 1
    expect(identityOf(unseen)).toBe(of)
    const seen = Buffer.from(large)
    seen[placeOf('mini.iso', 'isolinux.cfg')]! ^= 1
    expect(identityOf(seen)).not.toBe(of)
    const atEnd = Buffer.from(large)
    atEnd[large.length - 1] = 1
    expect(identityOf(atEnd)).not.toBe(of)
  })

  it('has the place of the image in its file', () => {
    const shifted = bytesSource(Buffer.concat([Buffer.alloc(4096), fixture('gzip.squashfs')]), '')
    const open = (): never => {
      throw new Error('a squashfs need not be opened')
    }
    const at = contentIdentity(shifted, 4096, open)
    expect(at).not.toBe(identityOf(fixture('gzip.squashfs')))
  })

  it('reads inner file systems, whose disk has their names and sizes only', () => {
    // The inode lies behind the first bytes of the partition, and in no sample.
    const changedAt = (mtime: number): string =>
      identityOf(
        diskWith(writeExt4({ root: [...DOTS, { name: 'file', inode: 12 }], inodes: { 12: inode({ mtime }) } })),
      )
    expect(inodeOffset(12)).toBeGreaterThan(4096)
    expect(changedAt(1)).not.toBe(changedAt(2))
    expect(changedAt(1)).toBe(changedAt(1))
  })
})

/** A disk of 64 MiB with one partition, that begins after 1 MiB. */
function diskWith(content: Uint8Array): Buffer {
  const disk = Buffer.alloc(1 << 26)
  disk.set([0x80, 0, 0, 0, 0x83, 0, 0, 0], 446)
  disk.writeUInt32LE(2048, 454)
  disk.writeUInt32LE(Math.ceil(content.length / 512), 458)
  disk.writeUInt16LE(0xaa55, 510)
  disk.set(content, 1 << 20)
  return disk
}
