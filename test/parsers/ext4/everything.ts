import { concat, pack, text } from '../squashfs/writer.ts'
import { AT, BLOCK, directory, extents, FLAG, inode, MODE, writeExt4, XATTR_MAGIC, xattr } from './writer.ts'

const at = (block: number): number => AT.data + block
const bytes = (letter: string, count: number): Uint8Array => text(letter.repeat(count))

/** The first inodes and blocks of a file system that has every structure that the reader reads. */
export function ext4WithEverything(): Uint8Array {
  const index = [xattr(1, 'in', 60, 5), xattr(7, 'data', 40, 20)]
  const inlineValues = concat(pack([4, XATTR_MAGIC]), xattr(7, 'data', 40, 20), pack([4, 0]))
  const inlineXattrs = new Uint8Array(INLINE_ROOM)
  inlineXattrs.set(inlineValues)
  inlineXattrs.set(bytes('r', 20), 4 + 40)
  const ownXattrs = new Uint8Array(INLINE_ROOM)
  ownXattrs.set(concat(pack([4, XATTR_MAGIC]), index[0]!, pack([4, 0])))
  ownXattrs.set(text('value'), 4 + 60)
  const block = new Uint8Array(BLOCK)
  const acl = pack(
    [4, 1],
    [2, 1],
    [2, 6],
    [2, 2],
    [2, 4],
    [4, 1000],
    [2, 4],
    [2, 4],
    [2, 0x10],
    [2, 4],
    [2, 0x20],
    [2, 4],
  )
  const entries = [xattr(2, '', 900, acl.length), xattr(6, 'capability', 800, 20), xattr(1, 'elsewhere', 0, 6, 21)]
  block.set(concat(pack([4, XATTR_MAGIC], [4, 1], [4, 1], [20, 0]), ...entries))
  block.set(acl, 900)
  block.set(bytes('c', 20), 800)
  const inlineDirectory = concat(pack([4, 2]), directory([{ name: 'within', inode: 12, type: 1 }], 56))
  const map = (direct: readonly number[], ...indirect: readonly number[]): Uint8Array =>
    pack(
      ...Array.from({ length: 12 }, (_, i) => [4, direct[i] ?? 0] as const),
      ...indirect.map((number) => [4, number] as const),
    )
  return writeExt4({
    root: [
      { name: 'a', inode: 12 },
      { name: 'again', inode: 12 },
      { name: 'block', inode: 13, type: 4 },
      { name: 'dir', inode: 14, type: 2 },
      { name: 'fifo', inode: 15, type: 5 },
      { name: 'inline', inode: 16 },
      { name: 'inline-dir', inode: 17, type: 2 },
      { name: 'long', inode: 18, type: 7 },
      { name: 'map', inode: 19 },
      { name: 'short', inode: 20, type: 7 },
      { name: 'tree', inode: 22 },
    ],
    inodes: {
      12: inode({
        size: 1500,
        links: 2,
        uid: 70_000,
        mtime: 100,
        block: extents([{ at: 0, block: at(1), count: 2 }]),
        xattrs: ownXattrs,
      }),
      13: inode({ mode: MODE.blockDevice, flags: 0, block: pack([4, 0], [4, 0x11100370]) }),
      14: inode({ mode: MODE.directory, size: BLOCK, links: 2, block: extents([{ at: 0, block: at(3), count: 1 }]) }),
      15: inode({ mode: MODE.fifo, flags: 0, mtimeExtra: 1 }),
      16: inode({ size: 80, flags: FLAG.inline, block: bytes('i', 60), xattrs: inlineXattrs }),
      17: inode({ mode: MODE.directory, size: 60, flags: FLAG.inline, block: inlineDirectory }),
      18: inode({ mode: MODE.symlink, size: 200, block: extents([{ at: 0, block: at(4), count: 1 }]) }),
      // A block, a hole, two blocks of an indirect block, and one of a doubly indirect block.
      19: inode({ size: 270 * BLOCK + 5, flags: 0, block: map([at(5)], at(6), at(9)), xattrBlock: at(12) }),
      20: inode({ mode: MODE.symlink, size: 6, flags: 0, block: text('target') }),
      21: inode({ size: 6, flags: FLAG.extents | 0x200000, block: extents([{ at: 0, block: at(18), count: 1 }]) }),
      22: inode({
        size: 10 * BLOCK,
        block: extents(
          [
            { at: 0, block: at(13), count: 0 },
            { at: 4, block: at(14), count: 0 },
          ],
          1,
        ),
      }),
    },
    blocks: {
      [at(1)]: bytes('a', BLOCK),
      [at(2)]: bytes('b', 476),
      [at(3)]: directory([
        { name: '.', inode: 14, type: 2 },
        { name: '..', inode: 2, type: 2 },
        { name: 'deleted', inode: 0, type: 0 },
        { name: 'file', inode: 20, type: 7 },
      ]),
      [at(4)]: bytes('t', 200),
      [at(5)]: bytes('0', BLOCK),
      [at(6)]: pack([4, at(7)], [4, 0], [4, at(8)]),
      [at(7)]: bytes('1', BLOCK),
      [at(8)]: bytes('2', BLOCK),
      [at(9)]: concat(pack([4, at(10)]), new Uint8Array(8)),
      [at(10)]: pack([4, 0], [4, 0], [4, at(11)]),
      [at(11)]: bytes('3', 5),
      [at(12)]: block,
      [at(13)]: extents([
        { at: 0, block: at(15), count: 1 },
        { at: 1, block: at(17), count: 32_768 + 1 },
      ]),
      [at(14)]: extents([{ at: 4, block: at(16), count: 1 }]),
      [at(15)]: bytes('x', BLOCK),
      [at(16)]: bytes('y', BLOCK),
      [at(17)]: bytes('u', BLOCK),
      [at(18)]: bytes('v', 6),
    },
  })
}

/** Bytes of an inode behind its fields. */
const INLINE_ROOM = 256 - 128 - 32
