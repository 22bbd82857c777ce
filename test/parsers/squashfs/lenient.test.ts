import { describe, expect, it } from 'vitest'
import { examine } from './examine.ts'
import {
  BLOCK_SIZE,
  concat,
  extendedDirectoryInode,
  fileInode,
  flat,
  listing,
  NONE,
  type Parts,
  pack,
  storedBlocks,
  storedWord,
  symlinkInode,
  text,
  writeSquashfs,
} from './writer.ts'

/** The fields of an image's superblock at this offset, which is a table's position. */
const positionAt = (bytes: Uint8Array, offset: number): number => new DataView(bytes.buffer).getUint32(offset, true)

describe('a symlink whose size counts a NUL', () => {
  it.each(['to\0', 'to\0\0\0', 'to\0somewhere'])('ends there: %j', (target) => {
    const tables = flat([
      { name: 'file', inode: fileInode({}) },
      { name: 'link', inode: symlinkInode(target), type: 3 },
    ])
    const { warnings, complete, own } = examine(writeSquashfs(tables))
    expect(warnings).toEqual([
      expect.stringMatching(/symlink inode .*symlink size: its target ends with a NUL.*found \d+, expected 2/),
    ])
    expect(complete).toBe(true)
    expect(own['/link']).toBeGreaterThan(24 + target.length)
  })
})

it('a thousand symlinks whose size counts a NUL are told once', () => {
  const links = Array.from({ length: 1000 }, (_, index) => {
    return { name: `l${1000 + index}`, inode: symlinkInode(`${'t'.repeat(index % 9)}o\0`), type: 3 }
  })
  const { warnings, complete } = examine(writeSquashfs(flat(links)))
  expect(warnings).toEqual([
    expect.stringMatching(/its target ends with a NUL, which its size includes; 999 more like this/),
  ])
  expect(complete).toBe(true)
})

describe('a directory index that is none', () => {
  const names = listing([{ name: 'a', at: 0 }])
  const open = (indexCount: number, index: Uint8Array) => {
    const root = extendedDirectoryInode({ at: 0, length: names.length }, { indexCount, index })
    const inodes = concat(fileInode({}), root)
    return examine(writeSquashfs({ inodes, root: inodes.length - root.length, directories: names }))
  }
  it.each<[string, number, Uint8Array, RegExp]>([
    [
      'has a name of 300 bytes',
      1,
      concat(pack([4, 0], [4, 0], [4, 299]), text('n'.repeat(300))),
      /found 300, expected/,
    ],
    ['runs past the table', 3, concat(pack([4, 0], [4, 0], [4, 0]), text('n')), /past the last block/],
  ])('%s: the listing is read all the same', (_, count, index, sentence) => {
    const { paths, warnings, complete } = open(count, index)
    expect(paths).toEqual(['/', '/a'])
    expect(warnings).toEqual([expect.stringMatching(sentence)])
    expect(complete).toBe(true)
  })
})

describe('what stands behind the last block of a table', () => {
  const spare = [...storedBlocks(text('spare'))]
  const data = text('content')
  const parts = (): Partial<Parts> => ({
    ...flat([{ name: 'file', inode: fileInode({ size: 7, fragment: 0 }) }]),
    data,
    fragments: [{ start: 96, word: storedWord(data.length) }],
    exports: [0],
  })
  const inodes = (behind: Uint8Array): Uint8Array =>
    writeSquashfs({ ...parts(), inodeBlocks: [...storedBlocks(parts().inodes!), behind] })
  const directories = (behind: Uint8Array): Uint8Array =>
    writeSquashfs({ ...parts(), directoryBlocks: [...storedBlocks(parts().directories!), behind] })

  it.each<[string, Uint8Array]>([
    ['an inode table, three bytes', inodes(new Uint8Array(3))],
    ['an inode table, an empty block', inodes(pack([2, 0x8000]))],
    ['a directory table, three bytes', directories(new Uint8Array(3))],
  ])('%s: told, and nothing is lost', (_, bytes) => {
    const { paths, warnings, complete, content } = examine(bytes)
    expect(paths).toEqual(['/', '/file'])
    expect(Buffer.from(content['/file'] as Uint8Array).toString()).toBe('content')
    expect(warnings).toEqual([
      expect.stringMatching(/^test\.squashfs: (inode|directory) table at .*a block of \d+ bytes/),
    ])
    expect(complete).toBe(true)
  })

  it.each<[string, number]>([
    ['fragment table', 80],
    ['export table', 88],
    ['id table', 48],
  ])('of a %s, a spare block: told, and nothing is lost', (name, field) => {
    const plain = writeSquashfs(parts())
    // The index stands where the superblock says; what goes in before it moves all that follows.
    const at = positionAt(plain, field)
    const bytes = concat(plain.subarray(0, at), spare[0]!, plain.subarray(at))
    const view = new DataView(bytes.buffer)
    const move = (offset: number, from: number): void => {
      const position = view.getUint32(offset, true)
      if (position !== NONE && position >= from) view.setUint32(offset, position + spare[0]!.length, true)
    }
    for (const start of [48, 56, 64, 72, 80, 88, 40]) move(start, at)
    for (const start of [80, 88, 48]) {
      const index = positionAt(bytes, start)
      move(index, at)
    }
    const { warnings, complete, content } = examine(bytes)
    expect(Buffer.from(content['/file'] as Uint8Array).toString()).toBe('content')
    expect(warnings).toEqual([
      expect.stringMatching(`${name} index at .*the number of blocks does not match its entries; found 2, expected 1`),
    ])
    expect(complete).toBe(true)
  })

  it('of an inode table, that hides an inode: lost', () => {
    const { inodes: table, directories: names } = flat([{ name: 'file', inode: fileInode({}) }])
    const blocks = [pack([2, 0x8000 + 9000]), ...storedBlocks(table)]
    const { complete, warnings } = examine(
      writeSquashfs({ directories: names, inodeBlocks: blocks, superblock: { rootInode: 2 * 0x10000 } }),
    )
    expect(complete).toBe(false)
    expect(warnings.length).toBeGreaterThan(1)
    expect(BLOCK_SIZE).toBeLessThan(9000)
  })
})
