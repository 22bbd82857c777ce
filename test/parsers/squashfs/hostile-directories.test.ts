import { describe, expect, it } from 'vitest'
import { type Examined, examine } from './examine.ts'
import {
  concat,
  directoryInode,
  extendedDirectoryInode,
  fileInode,
  listing,
  type Name,
  pack,
  symlinkInode,
  text,
  writeSquashfs,
} from './writer.ts'

const file = fileInode({})
/** Bytes of the three inodes every image here begins with: a file, a link, an empty directory. */
const inodes = [file, symlinkInode('file'), directoryInode({ at: 0, length: 0 }, 3)]
const AT = { file: 0, link: file.length, directory: file.length + inodes[1]!.length }

/** An image whose root has this listing, and says that it has `size` bytes. */
function root(names: Uint8Array | readonly Name[], size?: number): Examined {
  const bytes = names instanceof Uint8Array ? names : listing(names as readonly Name[])
  const inode = extendedDirectoryInode({ at: 0, length: bytes.length }, size === undefined ? {} : { size })
  const table = concat(...inodes, inode)
  return examine(writeSquashfs({ inodes: table, root: table.length - inode.length, directories: bytes }))
}

const name = (text: string, more: Partial<Name> = {}): Name => ({ name: text, at: AT.file, ...more })

describe('names', () => {
  it.each<[string, string]>([
    ['.', '.'],
    ['..', '..'],
    ['a slash', '/'],
    ['a path', '../../etc/passwd'],
    ['a NUL', 'a\0b'],
  ])('%s is left out and told, its neighbours are not', (_, unsafe) => {
    const { paths, warnings, complete } = root([name('a'), name(unsafe), name('z')])
    expect(paths).toEqual(['/', '/a', '/z'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/directory entry in the directory table at .*name: an invalid file name is left out/)
    expect(complete).toBe(false)
  })

  it('ten thousand of them are told once', () => {
    const { warnings, paths } = root(new Array<Name>(10_000).fill(name('..')))
    expect(paths).toEqual(['/'])
    expect(warnings).toHaveLength(1)
  })

  it.each<[string, Name[]]>([
    ['out of order', [name('b'), name('a')]],
    ['twice', [name('a'), name('a')]],
    ['twice, a link and a directory', [name('a', { at: AT.link, type: 3 }), name('a', { at: AT.directory, type: 1 })]],
  ])('%s are listed and told', (_, names) => {
    const { paths, warnings, complete } = root(names)
    expect(paths).toHaveLength(3)
    expect(warnings).toEqual([expect.stringMatching(/its names are out of order or repeated/)])
    expect(complete).toBe(true)
  })

  it('of 256 bytes are read; of more than that, or of more than there is, they end the listing', () => {
    expect(root([name('x'.repeat(256))]).warnings).toEqual([])
    for (const wrong of [name('b', { nameSize: 257 }), name('b', { nameSize: 65536 }), name('b', { nameSize: 5 })]) {
      const { paths, warnings, complete } = root([name('a'), wrong])
      expect(paths).toEqual(['/', '/a'])
      expect(warnings.join('\n')).toMatch(
        /directory entry in the directory table at .*name size: the name is longer than/,
      )
      expect(complete).toBe(false)
    }
  })
})

describe('listings', () => {
  const lost = (examined: Examined, sentence: RegExp): void => {
    expect(examined.complete).toBe(false)
    expect(examined.warnings.join('\n')).toMatch(sentence)
    expect(examined.paths).toContain('/a')
  }
  it('a header with 257 entries', () => {
    const few = Array.from({ length: 300 }, (_, index) => name(`b${index}`, { count: 257 }))
    lost(root([name('a'), ...few]), /directory header in the directory table at .*count: more entries than.*found 257/)
  })
  it('a header with 2^32 entries', () => {
    lost(root([name('a'), name('b', { count: 2 ** 32 })]), /found 4294967296, expected at most 256/)
  })
  it('a header that promises more than follow', () => {
    lost(root([name('a', { count: 9 })]), /its size ends in the middle of an entry/)
  })
  it('a size of 2^32 - 1', () => {
    lost(root([name('a')], 0xffffffff), /past the last block/)
  })
  it('a size that cuts the last entry', () => {
    const bytes = listing([name('a'), name('b')])
    lost(root(bytes, bytes.length - 1), /the name is longer than the rest of the listing|middle of an entry/)
    lost(root(bytes, bytes.length - 21 + 3 + 5), /its size ends in the middle of an entry; found 5/)
  })
  it.each([0, 1, 2, 3])('a size of %i is an empty directory, wherever it points', (size) => {
    const inode = extendedDirectoryInode({ at: 8192 * 9 + 77, length: 0 }, { size })
    const { warnings, complete, paths } = examine(writeSquashfs({ inodes: inode }))
    expect(paths).toEqual(['/'])
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
  })
  it('entries that lead to no inode', () => {
    lost(root([name('a'), name('b', { at: 8192 * 3 })]), /does not point to the start of a block/)
    lost(root([name('a'), name('b', { at: 8000 })]), /points past the end of its block; found 8000/)
    lost(root([name('a'), name('b', { at: AT.link + 1 })]), /unknown inode type/)
  })
})

describe('directories that lead back', () => {
  it('to themselves, to their parent, and the same child twice: each is entered once', () => {
    const childAt = file.length
    const childListing = listing([
      { name: 'self', at: childAt, type: 1 },
      { name: 'up', at: childAt + 32, type: 1 },
    ])
    const rootListing = listing([
      { name: 'again', at: childAt, type: 1 },
      { name: 'child', at: childAt, type: 1 },
      { name: 'root', at: childAt + 32, type: 1 },
    ])
    const child = directoryInode({ at: 0, length: childListing.length }, 2)
    const top = directoryInode({ at: childListing.length, length: rootListing.length }, 1)
    const { paths, warnings, complete } = examine(
      writeSquashfs({
        inodes: concat(file, child, top),
        root: childAt + 32,
        directories: concat(childListing, rootListing),
      }),
    )
    expect(paths).toEqual(['/', '/again', '/again/self', '/again/up', '/child', '/root'])
    expect(warnings).toContainEqual(
      expect.stringMatching(/inode 2 \(directory\) at 0x60: a directory is reached twice; it is entered once/),
    )
    expect(complete).toBe(false)
  })

  it('a chain of 100,000 is followed as deep as a path can be', () => {
    const LEVELS = 100_000
    const length = listing([{ name: 'd', at: 0 }]).length
    const parts: Uint8Array[] = []
    const names: Uint8Array[] = []
    for (let level = 0; level < LEVELS; level += 1) {
      parts.push(directoryInode({ at: level * length, length: level === LEVELS - 1 ? 0 : length }, level + 1))
      names.push(listing([{ name: 'd', at: (level + 1) * 32, type: 1 }]))
    }
    const { paths, warnings, complete } = examine(
      writeSquashfs({ inodes: concat(...parts), root: 0, directories: concat(...names) }),
    )
    expect(paths).toHaveLength(2049)
    expect(warnings).toEqual([
      expect.stringMatching(/inode 2049 \(directory\) at .*directories nest deeper than 2048; this one is not entered/),
    ])
    expect(complete).toBe(false)
  })
})

it('a directory index is passed over, however many entries it has', () => {
  const entry = concat(pack([4, 0], [4, 0], [4, 0]), text('a'))
  const index = concat(...Array.from({ length: 700 }, () => entry))
  const names = listing([name('a')])
  const inode = extendedDirectoryInode({ at: 0, length: names.length }, { indexCount: 700, index })
  const { warnings, complete, own } = examine(
    writeSquashfs({ inodes: concat(file, inode), root: file.length, directories: names }),
  )
  expect(warnings).toEqual([])
  expect(complete).toBe(true)
  expect(own['/']).toBeGreaterThan(700 * 13)
})
