import { describe, expect, it } from 'vitest'
import { type Examined, examine } from '../../parsers/squashfs/examine.ts'
import {
  concat,
  deflatedBlocks,
  extendedDirectoryInode,
  extendedFileInode,
  fileInode,
  listing,
  type Name,
  pack,
  storedBlocks,
  storedWord,
  symlinkInode,
  writeSquashfs,
} from '../../parsers/squashfs/writer.ts'

describe('claims that would take all time and memory', () => {
  const bomb = (parts: { inodes: Uint8Array; root: number; directories: Uint8Array }): Examined =>
    examine(
      writeSquashfs({
        ...parts,
        inodeBlocks: deflatedBlocks(parts.inodes),
        directoryBlocks: deflatedBlocks(parts.directories),
      }),
    )
  /** Positions of compressed blocks are not those of stored ones: the names' references are put right by this. */
  const manyNames = (count: number, inode: Uint8Array, type = 2): Examined => {
    const names: Name[] = Array.from({ length: count }, (_, index) => ({
      name: String(index).padStart(7, '0'),
      at: 0,
      type,
    }))
    const directories = listing(names)
    const rootInode = extendedDirectoryInode({ at: 0, length: directories.length })
    // The root in the first block, the long inode after it in the same one, its rest in those that follow.
    const first = concat(rootInode, inode)
    const moved = names.map((name) => ({ ...name, at: rootInode.length }))
    return bomb({ inodes: first, root: 0, directories: listing(moved) })
  }

  it('exabytes of holes are listed and not read', () => {
    const blocks = new Array<number>(200_000).fill(0)
    const inode = extendedFileInode({ size: 200_000 * 4096, blocks })
    const { warnings, complete, content, accounts } = manyNames(1, inode)
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(content['/0000000']!.length).toBeGreaterThan(4 << 20)
    expect(accounts.find(({ name }) => name === '/0000000')?.unpacked).toBe(200_000 * 4096)
  })

  it('50,000 names of one file with 50,000 blocks share it, and it is gone through once', () => {
    const blocks = new Array<number>(50_000).fill(storedWord(1))
    const { complete } = manyNames(50_000, extendedFileInode({ size: 4096 * 50_000, blocks, linkCount: 50_000 }))
    // Its blocks do not lie in so small a file.
    expect(complete).toBe(false)
  })

  it('50,000 names of one link with a target of 64 KiB keep one target', () => {
    const { warnings, complete } = manyNames(50_000, symlinkInode('x'.repeat(65535), { linkCount: 50_000 }), 3)
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
  })

  it('the same where the link says that it has one name', () => {
    const { warnings, complete, paths } = manyNames(50_000, symlinkInode('x'.repeat(65535)), 3)
    expect(warnings).toEqual([expect.stringMatching(/longer than the table has room for, or over other inodes/)])
    expect(complete).toBe(false)
    expect(paths).toHaveLength(50_001)
  })

  it('30,000 names of one directory with an index of 65,535', () => {
    const spaced = new Uint8Array(65535 * 13)
    const inode = extendedDirectoryInode({ at: 0, length: 0 }, { number: 9, indexCount: 65535, index: spaced })
    const { complete, warnings } = manyNames(30_000, inode, 1)
    expect(complete).toBe(false)
    expect(warnings.join('\n')).toMatch(/a directory is reached twice/)
  })

  it('2,000 directories that share one listing of 2,000 names', () => {
    const child = fileInode({})
    const shared = listing(Array.from({ length: 2000 }, (_, index) => ({ name: `n${index}`, at: 0 })))
    const size = extendedDirectoryInode({ at: 0, length: 0 }).length
    const top = listing(
      Array.from({ length: 2000 }, (_, index) => ({ name: `d${index}`, at: child.length + index * size, type: 1 })),
    )
    const inner = extendedDirectoryInode({ at: 0, length: shared.length })
    const root = extendedDirectoryInode({ at: shared.length, length: top.length })
    const inodes = concat(child, ...new Array<Uint8Array>(2000).fill(inner), root)
    const { complete, warnings, paths } = examine(
      writeSquashfs({ inodes, root: child.length + 2000 * size, directories: concat(shared, top) }),
    )
    expect(complete).toBe(false)
    expect(warnings.join('\n')).toMatch(/more names than an image may have/)
    expect(paths.length).toBeLessThan(50_000)
  })

  it('a hundred thousand tables’ worth of references to a block that is damaged', () => {
    const names = listing(Array.from({ length: 60_000 }, (_, index) => ({ name: String(index), at: 8192 })))
    const root = extendedDirectoryInode({ at: 0, length: names.length })
    const [good] = storedBlocks(concat(root, new Uint8Array(8192 - root.length)))
    const bad = concat(pack([2, 4000]), new Uint8Array(4000).fill(0x78))
    const { complete, warnings } = examine(writeSquashfs({ root: 0, directories: names, inodeBlocks: [good!, bad] }))
    expect(complete).toBe(false)
    expect(warnings.filter((warning) => warning.includes('does not decompress'))).toHaveLength(1)
  })
})
