import { describe, expect, it } from 'vitest'
import { byteString } from '../../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openExt4 } from '../../../parsers/ext4/index.ts'
import { formatOf } from '../../../parsers/formats.ts'
import { type Entry, pathBuilder } from '../../../parsers/image.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { attribute } from '../../../src/inventory/attribution.ts'
import { concat, pack } from '../squashfs/writer.ts'
import { ext4WithEverything } from './everything.ts'
import { AT, BLOCK, FLAG, inode, MODE, writeExt4 } from './writer.ts'

const whole = ext4WithEverything()
const image = openExt4(bytesSource(whole, 'test.ext4'))
const { reader } = openSource(bytesSource(whole, 'test.ext4'))
const pathOf = pathBuilder(image.tree)
const at = (path: string): Entry => image.tree.entries.find((entry) => pathOf(entry.index) === path)!
const contentOf = (path: string): string =>
  byteString(concat(...[...reader.chunks(at(path))].map((chunk) => chunk.slice())))

describe('an ext4 file system', () => {
  it('has a tree, sorted by name', () => {
    expect(image.warnings).toEqual([])
    expect(image.tree.entries.map(({ index }) => pathOf(index))).toEqual([
      '/',
      '/a',
      '/again',
      '/block',
      '/dir',
      '/dir/file',
      '/fifo',
      '/inline',
      '/inline-dir',
      '/inline-dir/within',
      '/long',
      '/map',
      '/short',
      '/tree',
    ])
  })

  it('has the metadata of inodes', () => {
    expect(at('/a')).toMatchObject({ type: 'file', mode: 0o644, uid: 70_000, size: 1500, mtime: 100, identity: 12 })
    expect(at('/again').identity).toBe(12)
    expect(at('/block').device).toEqual({ major: 3, minor: 0x11170 })
    expect(at('/fifo').mtime).toBe(2 ** 32)
    expect(at('/short').target).toBe('target')
    expect(at('/long').target).toBe('t'.repeat(200))
    expect(at('/dir/file').target).toBe('target')
  })

  it('has contents in extents, in the inode, and in a block map', () => {
    expect(contentOf('/a')).toBe('a'.repeat(1024) + 'b'.repeat(476))
    expect(contentOf('/inline')).toBe('i'.repeat(60) + 'r'.repeat(20))
    const hole = (blocks: number): string => '\0'.repeat(blocks * BLOCK)
    const block = (letter: string): string => letter.repeat(BLOCK)
    expect(contentOf('/map')).toBe(`${block('0')}${hole(11)}${block('1')}${hole(1)}${block('2')}${hole(255)}33333`)
    // Blocks that were never written are zeros, whatever is there.
    expect(contentOf('/tree')).toBe(`${block('x')}${hole(3)}${block('y')}${hole(5)}`)
  })

  it('has the extents that its inodes have, joined', () => {
    expect([...image.extents(at('/a'))]).toEqual([
      { at: 0, offset: (AT.data + 1) * BLOCK, length: 1500, unpacked: 1500, codec: 'stored' },
    ])
    expect([...image.extents(at('/tree'))].map(({ at: start }) => start)).toEqual([0, 4 * BLOCK])
  })

  it('has attributes in the inode, in a block, and in an inode of their own', () => {
    const shown = (path: string): Record<string, string> =>
      Object.fromEntries(image.xattrs(at(path)).map(({ name, value }) => [name, byteString(value)]))
    expect(shown('/a')).toEqual({ 'user.in': 'value' })
    const acl = pack([4, 2], [2, 1], [2, 6], [4, -1], [2, 2], [2, 4], [4, 1000], [2, 4], [2, 4], [4, -1])
    const mask = pack([2, 0x10], [2, 4], [4, -1], [2, 0x20], [2, 4], [4, -1])
    expect(shown('/map')).toEqual({
      'system.posix_acl_access': byteString(concat(acl, mask)),
      'security.capability': 'c'.repeat(20),
      'user.elsewhere': 'v'.repeat(6),
    })
    // The rest of inline data is no attribute.
    expect(shown('/inline')).toEqual({})
    expect(image.xattrSet(at('/short'))).toBeUndefined()
    expect(image.xattrSet(at('/a'))).toBe(12)
  })

  it('has an account for every byte: an entry has its inode, its blocks, and those of its tree', () => {
    const { accounts, warnings } = attribute(openSource(bytesSource(whole, 'test.ext4')))
    expect(warnings).toEqual([])
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(whole.length)
    const own = Object.fromEntries(accounts.map(({ name, own: size }) => [name, size]))
    expect(own['/tree']).toBe(256 + 5 * BLOCK)
    expect(own['/dir']).toBe(256 + BLOCK)
    expect(own['/fifo']).toBe(256)
    expect(own['/long']).toBe(256 + BLOCK)
    // Four blocks, three blocks of pointers, a block of attributes, and an inode with a block for one of them.
    expect(own['/map']).toBe(256 + 8 * BLOCK + 256 + BLOCK)
    expect(own['superblock']).toBe(1024)
    expect(own['free blocks']).toBe((64 - AT.data - 19) * BLOCK)
    expect(own['unused inodes']).toBe((64 - 12) * 256)
    expect(own['allocated, in no file']).toBeUndefined()
  })

  it('is recognised, and told by its features', () => {
    expect(formatOf(bytesSource(whole, 'a'))?.format.name).toBe('ext4')
    expect(image.facts).toMatchObject({ version: 'ext4', blockSize: 1024, blocks: 64, inodes: 64 })
    const old = writeExt4({ superblock: { featureIncompat: 2, featureCompat: 4 } })
    expect(openExt4(bytesSource(old, 'a')).facts).toMatchObject({ version: 'ext3', features: 'has_journal filetype' })
  })
})

describe('what we do not read', () => {
  const open = (bytes: Uint8Array): ReturnType<typeof openExt4> => openExt4(bytesSource(bytes, 'test.ext4'))

  it.each([
    [1, /compressed files/],
    [8, /the journal of another file system/],
    [0x1000, /dirdata/],
    [0x8000_0000, /features that we do not know \(0x80000000\)/],
  ])('feature %d', (featureIncompat, said) => {
    expect(() => open(writeExt4({ superblock: { featureIncompat } }))).toThrow(said)
  })

  it('a journal that is not replayed', () => {
    const { warnings, complete } = open(writeExt4({ superblock: { featureIncompat: 0x46 } }))
    expect(complete).toBe(true)
    expect(warnings.map(String).join()).toMatch(/its journal has changes that are not replayed/)
  })

  it('encrypted directories', () => {
    const flags = FLAG.extents | FLAG.encrypted
    const { warnings, complete, tree } = open(
      writeExt4({
        root: [{ name: 'secret', inode: 12, type: 2 }],
        inodes: { 12: inode({ mode: MODE.directory, size: BLOCK, flags }) },
      }),
    )
    expect(complete).toBe(false)
    expect(tree.count).toBe(2)
    expect(warnings.map(String).join()).toMatch(
      /inode 12 \(directory\) at .*: a directory is encrypted; it is not entered/,
    )
  })
})
