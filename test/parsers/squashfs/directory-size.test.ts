import { describe, expect, it } from 'vitest'
import { type Examined, examine } from './examine.ts'
import {
  concat,
  directoryInode,
  extendedDirectoryInode,
  fileInode,
  listing,
  type Name,
  place,
  writeSquashfs,
} from './writer.ts'

/** What a listing's size has in excess of its bytes; images of some writers lack it. */
const EXCESS = 3
const file = fileInode({})
const TOLD = /^test\.squashfs: directory in the directory table at 0x[0-9a-f]+: file size: is too small for its names/

/** A directory of a tree to be written: its names are those of files, and of the directories in it. */
interface Folder {
  readonly files: readonly string[]
  readonly folders?: Readonly<Record<string, Folder>>
  readonly extended?: boolean
}

/** Writes a tree whose listings follow one another, with `size` made of the bytes of each. */
function written(tree: Folder, size: (bytes: number) => number): Uint8Array {
  const inodes: Uint8Array[] = [file]
  let inodeEnd = file.length
  const listings: Uint8Array[] = []
  let listingEnd = 0
  const add = ({ files, folders = {}, extended = false }: Folder): number => {
    const names: Name[] = files.map((name) => ({ name, at: 0 }))
    for (const [name, folder] of Object.entries(folders)) names.push({ name, at: add(folder), type: 1 })
    const bytes = listing(names.sort((a, b) => (a.name < b.name ? -1 : 1)))
    const where = { at: listingEnd, length: bytes.length }
    listings.push(bytes)
    listingEnd += bytes.length
    const inode = extended
      ? extendedDirectoryInode(where, { size: size(bytes.length) })
      : directoryInode({ at: where.at, length: size(bytes.length) - EXCESS })
    inodes.push(inode)
    inodeEnd += inode.length
    return inodeEnd - inode.length
  }
  const root = add(tree)
  return writeSquashfs({ inodes: concat(...inodes), root, directories: concat(...listings) })
}

const right = (bytes: number): number => bytes + EXCESS

/** The same entries, and the same owners of every byte, as the image has with sizes that are right. */
function readsAs(tree: Folder, size: (bytes: number) => number): Examined {
  const good = examine(written(tree, right))
  const odd = examine(written(tree, size))
  expect(good.warnings).toEqual([])
  expect(odd.paths).toEqual(good.paths)
  expect(odd.own).toEqual(good.own)
  expect(odd.complete).toBe(true)
  return odd
}

const nested: Folder = {
  files: ['a', 'z'],
  folders: { one: { files: [], folders: { two: { files: ['deep.txt'], extended: true } } }, none: { files: [] } },
}

describe('a directory whose size lacks the customary 3', () => {
  it.each([0, 1, 2])('is read whole, basic or extended: its size is that of its bytes and %i', (more) => {
    for (const extended of [false, true]) {
      const { warnings } = readsAs({ files: ['a', 'b', 'the last'], extended }, (bytes) => bytes + more)
      expect(warnings).toEqual([expect.stringMatching(TOLD)])
      expect(warnings[0]).toMatch(/all of them are read; found \d+, expected \d+$/)
    }
  })

  it('is read whole with all below it, and takes nothing of the listing behind', () => {
    const { warnings, paths } = readsAs(nested, (bytes) => bytes)
    expect(paths).toEqual(['/', '/a', '/none', '/one', '/one/two', '/one/two/deep.txt', '/z'])
    expect(warnings).toEqual([expect.stringMatching(/all of them are read; 2 more like this; found/)])
  })

  it('is told once of two thousand', () => {
    const folders = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`d${index}`, { files: ['f'] }]))
    const { warnings, paths } = readsAs({ files: [], folders }, (bytes) => bytes)
    expect(paths).toHaveLength(4001)
    expect(warnings).toEqual([expect.stringMatching(/2000 more like this/)])
  })

  it('is read over the borders of metadata blocks, wherever these fall in its last entry', () => {
    // A header and an entry of 30 bytes each: then the last name's length moves the end over the border at 8192.
    const files = Array.from({ length: 272 }, (_, index) => `file-${String(index).padStart(5, '0')}`)
    for (let length = 1; length <= 60; length += 1) {
      const { paths } = readsAs(
        { files: [...files, 'z'.repeat(length)], folders: { before: { files: ['f'] } } },
        (bytes) => bytes,
      )
      expect(paths.at(-1)).toBe(`/${'z'.repeat(length)}`)
    }
    expect(place(272 * 30).block).toBe(0)
  })

  it.each([0, 1, 2, 3])('is empty with a size of %i, and that is not told', (size) => {
    const { warnings, paths } = examine(
      written({ files: [], folders: { none: { files: [] } } }, (bytes) => (bytes === 0 ? size : right(bytes))),
    )
    expect(paths).toEqual(['/', '/none'])
    expect(warnings).toEqual([])
  })
})

describe('nothing of the next listing is read', () => {
  /** A directory `d` with this listing, and the root's listing right behind it. */
  const besideRoot = (names: readonly Name[], size: number): Examined => {
    const inner = listing(names)
    const outer = listing([
      { name: 'd', at: file.length, type: 1 },
      { name: 'last', at: 0 },
    ])
    const inodes = [
      file,
      directoryInode({ at: 0, length: size - EXCESS }, 2),
      directoryInode({ at: inner.length, length: outer.length }),
    ]
    return examine(
      writeSquashfs({ inodes: concat(...inodes), root: file.length + 32, directories: concat(inner, outer) }),
    )
  }
  const two: readonly Name[] = [
    { name: 'a', at: 0 },
    { name: 'bcdef', at: 0 },
  ]
  const bytes = listing(two).length

  it.each([4, 5, 6, 12, 13, 24])('where the size lacks %i: what does not fit is lost, and told', (less) => {
    const { paths, complete, warnings } = besideRoot(two, bytes + EXCESS - less)
    expect(paths).toEqual(['/', '/d', '/d/a', '/last'])
    expect(complete).toBe(false)
    expect(warnings.join('\n')).toMatch(
      /its size ends in the middle of an entry|the name is longer than the rest of the listing/,
    )
  })

  it.each([1, 3, 8, 11])('where the size has %i too many: all names are read, and it is told', (more) => {
    const { paths, complete, warnings } = besideRoot(two, bytes + EXCESS + more)
    expect(paths).toEqual(['/', '/d', '/d/a', '/d/bcdef', '/last'])
    expect(complete).toBe(false)
    expect(warnings).toEqual([expect.stringMatching(`its size ends in the middle of an entry; found ${more}$`)])
  })

  it('where a header counts more names than there are', () => {
    const { paths, complete, warnings } = besideRoot([two[0]!, { ...two[1]!, count: 2 }], bytes + EXCESS)
    expect(paths).toEqual(['/', '/d', '/d/a', '/d/bcdef', '/last'])
    expect(complete).toBe(false)
    expect(warnings).toEqual([expect.stringMatching(/its size ends in the middle of an entry; found 0$/)])
  })

  it('where a name is said to be longer, by more than the 3 that may be lacking', () => {
    const { paths, complete } = besideRoot([two[0]!, { ...two[1]!, nameSize: 9 }], bytes + EXCESS)
    expect(paths).toEqual(['/', '/d', '/d/a', '/last'])
    expect(complete).toBe(false)
  })
})
