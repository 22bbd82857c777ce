import { describe, expect, it } from 'vitest'
import { examine } from './examine.ts'
import {
  concat,
  extendedDirectoryInode,
  extendedFileInode,
  fileInode,
  flat,
  listing,
  storedWord,
  writeSquashfs,
} from './writer.ts'

const data = (blocks: number): Uint8Array =>
  concat(...Array.from({ length: blocks }, (_, index) => new Uint8Array(4096).fill(65 + index)))
const full = storedWord(4096)

describe('blocks that files have in common', () => {
  it('are split where one file begins in the middle of another', () => {
    const { own, warnings, complete, content } = examine(
      writeSquashfs({
        data: data(4),
        ...flat([
          { name: 'around', inode: extendedFileInode({ size: 16384, blocks: [full, full, full, full] }) },
          { name: 'middle', inode: extendedFileInode({ start: 96 + 4096, size: 8192, blocks: [full, full] }) },
        ]),
      }),
    )
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(content['/middle']).toEqual(Buffer.from(data(3).subarray(4096)))
    // Two blocks alone and two halves, and the inode and name of each.
    expect(own['/around']).toBeGreaterThanOrEqual(3 * 4096)
    expect(own['/around']).toBeLessThan(3 * 4096 + 200)
    expect(own['/middle']).toBeGreaterThanOrEqual(4096)
    expect(own['/middle']).toBeLessThan(4096 + 200)
  })

  it('that begin at one place and have different lengths are not taken for each other', () => {
    const { content } = examine(
      writeSquashfs({
        data: data(2),
        ...flat([
          { name: 'long', inode: fileInode({ size: 4096, blocks: [full] }) },
          { name: 'short', inode: fileInode({ size: 100, blocks: [storedWord(100)] }) },
        ]),
      }),
    )
    expect(content['/short']).toEqual(Buffer.alloc(100, 'A'))
    expect(content['/long']).toEqual(Buffer.alloc(4096, 'A'))
  })
})

describe('hard links', () => {
  /** A file of 3000 blocks, every one a byte, with a thousand names. */
  const many = (names: readonly string[], root = names): ReturnType<typeof examine> => {
    const blocks = new Array<number>(3000).fill(storedWord(4096))
    const inode = extendedFileInode({ size: 3000 * 4096, blocks, linkCount: names.length })
    const directories = listing(root.map((name) => ({ name, at: 0 })))
    const top = extendedDirectoryInode({ at: 0, length: directories.length })
    return examine(
      writeSquashfs({
        data: new Uint8Array(3000 * 4096),
        inodes: concat(inode, top),
        root: inode.length,
        directories,
        superblock: { blockSize: 4096 },
      }),
    )
  }

  it('a thousand names of a file of 3000 blocks are one account, nothing told', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `name-${String(index).padStart(4, '0')}`)
    const { own, warnings, complete, accounts } = many(names)
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    const file = accounts.find(({ name }) => name === `/${names[0]}`)!
    expect(file.otherNames).toEqual(names.slice(1).map((name) => `/${name}`))
    expect(file.own).toBeGreaterThanOrEqual(3000 * 4096)
    // The inode is the names' too: no more than rounding is left to the table.
    expect(own['inode table'] ?? 0).toBeLessThan(50)
    expect(accounts.reduce((sum, account) => sum + account.files, 0)).toBe(1)
  })

  it('in one store path are that store path’s', () => {
    const blocks = [full, full]
    const inode = extendedFileInode({ size: 8192, blocks, linkCount: 2 })
    const inner = listing([
      { name: 'a', at: 0 },
      { name: 'b', at: 0 },
    ])
    const store = listing([{ name: `${'0'.repeat(32)}-store-path`, at: inode.length, type: 1 }])
    const storeInode = extendedDirectoryInode({ at: 0, length: inner.length })
    const top = extendedDirectoryInode({ at: inner.length, length: store.length })
    const { accounts, warnings } = examine(
      writeSquashfs({
        data: data(2),
        inodes: concat(inode, storeInode, top),
        root: inode.length + storeInode.length,
        directories: concat(inner, store),
      }),
    )
    expect(warnings).toEqual([])
    const path = accounts.find(({ kind }) => kind === 'owner')
    expect(path?.own).toBeGreaterThan(8192)
    expect(path?.unpacked).toBe(8192)
    expect(path?.files).toBe(1)
  })
})
