import { describe, expect, it } from 'vitest'
import { type Examined, examine } from '../../../fuzz/image/examine.ts'
import { mutate } from '../../../fuzz/image/mutate.ts'
import { anatomyOf } from '../../../fuzz/image/places.ts'
import { Random } from '../../../fuzz/random.js'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openExt4 } from '../../../parsers/ext4/index.ts'
import { ext4WithEverything } from '../../parsers/ext4/everything.ts'
import {
  AT,
  BLOCK,
  DOTS,
  directory,
  type ExtentFields,
  extents,
  type FileSystem,
  FLAG,
  type InodeFields,
  inode,
  inodeOffset,
  MODE,
  type NameFields,
  writeExt4,
  XATTR_MAGIC,
  xattr,
} from '../../parsers/ext4/writer.ts'
import { concat, pack, text } from '../../parsers/squashfs/writer.ts'

/** Seconds of CPU time that no image of these may take. */
const SECONDS = 10

async function survives(bytes: Uint8Array): Promise<Examined> {
  const started = process.cpuUsage()
  const examined = await examine(bytes)
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(SECONDS)
  return examined
}

const at = (block: number): number => AT.data + block

/** A file system with one file, inode 12. */
const file = (fields: InodeFields, blocks: FileSystem['blocks'] = {}, more: FileSystem = {}): Uint8Array =>
  writeExt4({ root: [{ name: 'file', inode: 12 }], inodes: { 12: inode(fields) }, blocks, ...more })
/** The same, with an extent tree. */
const tree = (node: Uint8Array, blocks: FileSystem['blocks'] = {}): Uint8Array =>
  file({ size: 8 * BLOCK, block: node }, blocks)
const leaf = (...list: readonly ExtentFields[]): Uint8Array => extents(list)
const superblock =
  (fields: NonNullable<FileSystem['superblock']>): (() => Uint8Array) =>
  () =>
    writeExt4({ superblock: fields })
/** A root with these names. */
const names = (root: readonly NameFields[], inodes: FileSystem['inodes'] = {}): Uint8Array =>
  writeExt4({ root, inodes })
const folder = (block: number, fields: InodeFields = {}): Uint8Array =>
  inode({ mode: MODE.directory, size: BLOCK, block: extents([{ at: 0, block, count: 1 }]), ...fields })

type Case = readonly [name: string, bytes: () => Uint8Array, said: RegExp | undefined]

/** What a hostile file system does, with what is said of it; undefined where there is nothing to say. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  '1: the superblock': [
    ['blocks of 128 KiB', superblock({ logBlockSize: 7 }), /not in a known format/],
    [
      'blocks of 64 KiB in a small file',
      superblock({ logBlockSize: 6 }),
      /not what|cut short|ends before|behind the last/,
    ],
    ['no blocks in a group', superblock({ blocksPerGroup: 0 }), /not in a known format/],
    ['2^32 blocks in a group', superblock({ blocksPerGroup: 2 ** 32 - 1 }), /blocksPerGroup: not what a bitmap/],
    ['1 block in a group', superblock({ blocksPerGroup: 1 }), /./],
    ['no inodes in a group', superblock({ inodesPerGroup: 0 }), /not in a known format/],
    ['2^32 inodes in a group', superblock({ inodesPerGroup: 2 ** 32 - 1 }), /inodesPerGroup: not what a bitmap/],
    ['inodes of 0 bytes', superblock({ inodeSize: 0 }), /inodeSize: not an inode size/],
    ['inodes of 100 bytes', superblock({ inodeSize: 100 }), /inodeSize: not an inode size/],
    ['inodes larger than a block', superblock({ inodeSize: 2048 }), /inodeSize: not an inode size/],
    ['descriptors of 0 bytes', superblock({ featureIncompat: 0xc2, descSize: 0 }), /descSize: not a size/],
    ['descriptors of 33 bytes', superblock({ featureIncompat: 0xc2, descSize: 33 }), /descSize: not a size/],
    ['no blocks', superblock({ blocksCountLo: 0 }), /firstDataBlock: behind the last block/],
    ['2^32 blocks', superblock({ blocksCountLo: 2 ** 32 - 1 }), /the file ends before the file system does/],
    [
      '2^64 blocks',
      superblock({ featureIncompat: 0xc2, descSize: 64, blocksCountLo: 2 ** 32 - 1, blocksCountHi: 2 ** 32 - 1 }),
      /the file ends before the file system does/,
    ],
    ['2^32 inodes', superblock({ inodesCount: 2 ** 32 - 1 }), undefined],
    ['first block behind the last', superblock({ firstDataBlock: 1000 }), /firstDataBlock: behind the last block/],
    [
      'clusters smaller than blocks',
      superblock({ featureRoCompat: 0x200, logClusterSize: 0, logBlockSize: 1 }),
      /logClusterSize/,
    ],
    ['clusters of 2^32 blocks', superblock({ featureRoCompat: 0x200, logClusterSize: 2 ** 32 - 1 }), /logClusterSize/],
    ['meta block groups from 2^32 on', superblock({ featureIncompat: 0x52, firstMetaBg: 2 ** 32 - 1 }), undefined],
    ['meta block groups from 0 on', superblock({ featureIncompat: 0x52, firstMetaBg: 0 }), undefined],
    [
      '65,535 reserved blocks of descriptors',
      superblock({ featureCompat: 0x10, reservedGdtBlocks: 65_535 }),
      /should not share/,
    ],
    ['mount protection outside', superblock({ featureIncompat: 0x142, mmpBlock: 2 ** 40 }), undefined],
    ['a journal that is the root', superblock({ journalInode: 2 }), /should not share bytes/],
    ['a label of control characters', superblock({ volumeName: 0x0a_1b_5d_1b }), undefined],
  ],
  '2: group descriptors': [
    [
      'inode table behind the file',
      () => writeExt4({ descriptor: [3, 4, 2 ** 32 - 1] }),
      /ends before the inode|not in use/,
    ],
    [
      'inode table at 0',
      () => writeExt4({ descriptor: [3, 4, 0] }),
      /inode 2 at 0x100: an inode in a directory is not in use/,
    ],
    ['bitmaps behind the file', () => writeExt4({ descriptor: [2 ** 32 - 1, 2 ** 32 - 1, 5] }), undefined],
    ['bitmaps over the superblock', () => writeExt4({ descriptor: [1, 1, 5] }), /should not share bytes/],
  ],
  '3: inodes': [
    [
      'number 2^32 - 1',
      () => names([{ name: 'x', inode: 2 ** 32 - 1 }]),
      /there is no inode with this number; found 4294967295/,
    ],
    ['number of an unused inode', () => names([{ name: 'x', inode: 40 }]), /an inode in a directory is not in use/],
    ['the root is a file', () => writeExt4({ inodes: { 2: inode() } }), /the root inode is not a directory/],
    ['the root is not in use', () => writeExt4({ inodes: { 2: new Uint8Array(256) } }), /not in use/],
    ['extra fields of 65,535 bytes', () => patched(file({}), inodeOffset(12) + 0x80, 2, 65_535), undefined],
    ['size of 2^63', () => file({ size: 2 ** 63 }), /i_size: the file is larger than the format allows/],
    ['exabytes of a hole', () => file({ size: 2 ** 42 }), undefined],
  ],
  '4: extent trees': [
    ['no magic', () => tree(extents([], 0, { magic: 0 })), /has no magic number/],
    ['depth 6', () => tree(extents([{ at: 0, block: at(1), count: 0 }], 6)), /is deeper than the format allows/],
    [
      'a child at a wrong depth',
      () => tree(extents([{ at: 0, block: at(1), count: 0 }], 2), { [at(1)]: leaf() }),
      /wrong depth/,
    ],
    ['more entries than room', () => tree(extents([], 0, { entries: 65_535 })), /more entries than room; found 65535/],
    [
      'a node that leads to itself',
      () =>
        tree(extents([{ at: 0, block: at(1), count: 0 }], 1), {
          [at(1)]: extents([{ at: 0, block: at(1), count: 0 }], 1),
        }),
      /wrong depth/,
    ],
    ['an empty node', () => tree(extents([{ at: 0, block: at(1), count: 0 }], 1), { [at(1)]: leaf() }), /is empty/],
    [
      'a node twice',
      () =>
        tree(
          extents(
            [
              { at: 0, block: at(1), count: 0 },
              { at: 1, block: at(1), count: 0 },
            ],
            1,
          ),
          { [at(1)]: leaf({ at: 0, block: at(2), count: 1 }) },
        ),
      /the extents are out of order/,
    ],
    [
      'out of order',
      () => tree(leaf({ at: 5, block: at(1), count: 1 }, { at: 0, block: at(2), count: 1 })),
      /out of order/,
    ],
    [
      'overlapping',
      () => tree(leaf({ at: 0, block: at(1), count: 3 }, { at: 2, block: at(4), count: 1 })),
      /out of order/,
    ],
    ['of no blocks', () => tree(leaf({ at: 0, block: at(1), count: 0 })), /an extent has no blocks/],
    ['behind the file system', () => tree(leaf({ at: 0, block: 60, count: 30 })), /lie outside the file system/],
    ['at block 0', () => tree(leaf({ at: 0, block: 0, count: 1 })), /lie outside the file system/],
    [
      'a node behind the file system',
      () => tree(extents([{ at: 0, block: 2 ** 31, count: 0 }], 1)),
      /lies outside the file system/,
    ],
    ['over the inode table', () => tree(leaf({ at: 0, block: AT.inodeTable, count: 2 })), undefined],
    ['over the bitmaps', () => tree(leaf({ at: 0, block: AT.blockBitmap, count: 1 })), /should not share bytes/],
  ],
  '5: block maps': [
    [
      'a pointer behind the file system',
      () => file({ size: BLOCK, flags: 0, block: pack([4, 2 ** 32 - 1]) }),
      /lie outside/,
    ],
    [
      'a block of pointers that leads to itself',
      () => file({ size: 2 ** 40, flags: 0, block: map(0, 0, at(1)) }, { [at(1)]: pack([4, at(1)], [4, at(1)]) }),
      /a block of pointers twice/,
    ],
    [
      'two levels with one block',
      () => file({ size: 2 ** 40, flags: 0, block: map(at(1), at(1), at(1)) }, { [at(1)]: pack([4, at(2)]) }),
      /a block of pointers twice/,
    ],
    [
      '256 pointers to one block',
      () =>
        file({ size: 2 ** 18, flags: 0, block: map(at(1), 0, 0) }, { [at(1)]: pack(...Array(256).fill([4, at(2)])) }),
      undefined,
    ],
  ],
  '6: directories': [
    [
      'that holds itself',
      () => names([{ name: 'self', inode: 2, type: 2 }]),
      /a directory is reached twice; it is entered once/,
    ],
    [
      'twice',
      () =>
        names(
          [
            { name: 'a', inode: 12, type: 2 },
            { name: 'b', inode: 12, type: 2 },
          ],
          { 12: folder(at(1)) },
        ),
      /twice/,
    ],
    ['entries of 0 bytes', () => names([{ name: 'x', inode: 12, length: 0 }], { 12: inode() }), /rec_len: .*found 0/],
    ['entries of 8 bytes', () => names([{ name: 'x', inode: 12, length: 8 }], { 12: inode() }), /rec_len: .*found 8/],
    [
      'entries of 13 bytes',
      () => names([{ name: 'x', inode: 12, length: 13 }], { 12: inode() }),
      /rec_len: .*found 13/,
    ],
    [
      'entries longer than the block',
      () => names([{ name: 'x', inode: 12, length: 2048 }], { 12: inode() }),
      /rec_len/,
    ],
    [
      'a name longer than its entry',
      () => patched(names([{ name: 'x', inode: 12 }]), at(0) * BLOCK + 24 + 4, 2, 12 + 4),
      /./,
    ],
    ['a parent', () => names([{ name: '..', inode: 2 }]), /an invalid file name is left out; found "\.\."/],
    ['a slash', () => names([{ name: 'a/b', inode: 12 }], { 12: inode() }), /an invalid file name is left out/],
    ['a NUL', () => names([{ name: 'a\0b', inode: 12 }], { 12: inode() }), /an invalid file name is left out/],
    ['no name', () => names([{ name: '', inode: 12 }], { 12: inode() }), /an invalid file name is left out/],
    ['an escape', () => names([{ name: '\x1b[31m', inode: 12 }], { 12: inode() }), undefined],
    [
      'one name twice',
      () =>
        names(
          [
            { name: 'a', inode: 12 },
            { name: 'a', inode: 13 },
          ],
          { 12: inode(), 13: inode() },
        ),
      undefined,
    ],
    ['of 4 GiB', () => writeExt4({ inodes: { 2: folder(at(0), { size: 2 ** 32 - 1 }) } }), undefined],
    ['that share a block', sharedFolders, undefined],
    ['of more blocks than the file has', repeatedFolder, /directories that overlap each other are left out/],
  ],
  '7: symlinks': [
    [
      'of 2 GiB',
      () => file({ mode: MODE.symlink, size: 2 ** 31 }),
      /the target of a symlink is longer than a path may be/,
    ],
    ['of nothing', () => file({ mode: MODE.symlink, size: 0, flags: 0, block: text('x') }), undefined],
    ['of 65,535 zeros', () => file({ mode: MODE.symlink, size: 65_535 }), undefined],
    ['with a NUL', () => file({ mode: MODE.symlink, size: 10, flags: 0, block: text('a\0b') }), undefined],
    ['with an escape', () => file({ mode: MODE.symlink, size: 5, flags: 0, block: text('\x1b[31m') }), undefined],
  ],
  '8: inline data': [
    ['of which the rest is missing', () => file({ size: 500, flags: FLAG.inline, block: text('x') }), undefined],
    ['of which the rest lies outside', () => inline(xattr(7, 'data', 90, 200)), /lies outside the room for it/],
    ['of which the rest is in another inode', () => inline(xattr(7, 'data', 0, 2 ** 31, 12)), undefined],
    [
      'of a directory of noise',
      () => file({ mode: MODE.directory, size: 60, flags: FLAG.inline, block: text('noise'.repeat(12)) }),
      /rec_len/,
    ],
    [
      'of a directory of 4 GiB',
      () => file({ mode: MODE.directory, size: 2 ** 32 - 1, flags: FLAG.inline, block: pack([4, 2]) }),
      undefined,
    ],
  ],
  '9: extended attributes': [
    [
      'a block without a magic number',
      () => file({ xattrBlock: at(1) }, { [at(1)]: text('x') }),
      /has no magic number/,
    ],
    ['a block behind the file', () => file({ xattrBlock: 2 ** 32 - 1 }), /lies outside the file/],
    ['a block over the superblock', () => file({ xattrBlock: 1 }), /has no magic number/],
    [
      'a name behind the room',
      () => inline(concat(pack([1, 255], [1, 1], [2, 0], [12, 0]), text('a'))),
      /longer than the room/,
    ],
    ['a value of 4 GiB', () => values(xattr(1, 'a', 0, 2 ** 32 - 1)), /lies outside the room for it/],
    ['a value of 4 GiB in an inode', () => values(xattr(1, 'a', 0, 2 ** 32 - 1, 12)), /have more than 67108864 bytes/],
    ['a value of 1 MiB in an inode', () => values(xattr(1, 'a', 0, 2 ** 20, 12)), /is longer than the file/],
    [
      'a value in an inode that is none',
      () => values(xattr(1, 'a', 0, 10, 5000)),
      /there is no inode with this number/,
    ],
    ['an access list of noise', () => values(xattr(2, '', 900, 9)), undefined],
    ['60 attributes of one value', () => values(...Array<Uint8Array>(40).fill(xattr(1, 'a', 900, 100))), undefined],
  ],
}

function patched(bytes: Uint8Array, offset: number, width: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(pack([width, value]), offset)
  return copy
}

/** A block map without direct pointers. */
function map(single: number, double: number, triple: number): Uint8Array {
  return concat(new Uint8Array(48), pack([4, single], [4, double], [4, triple]))
}

function inline(entries: Uint8Array): Uint8Array {
  const xattrs = concat(pack([4, XATTR_MAGIC]), entries).subarray(0, 96)
  return file({ size: 100, flags: FLAG.inline, block: text('x'), xattrs })
}

/** A file whose attributes are in a block. */
function values(...entries: readonly Uint8Array[]): Uint8Array {
  return file({ xattrBlock: at(1) }, { [at(1)]: concat(pack([4, XATTR_MAGIC], [28, 0]), ...entries) })
}

/** 40 directories with one block of names, which lead to each other. */
function sharedFolders(): Uint8Array {
  const numbers = Array.from({ length: 40 }, (_, index) => 12 + index)
  const empty = directory(DOTS)
  return writeExt4({
    root: numbers.map((number) => ({ name: String(number), inode: number, type: 2 })),
    inodes: Object.fromEntries(numbers.map((number) => [number, folder(at(1))])),
    blocks: { [at(1)]: empty },
  })
}

/** A directory that has one block 32,000 times. */
function repeatedFolder(): Uint8Array {
  const pointers = pack(...Array<[number, number]>(256).fill([4, at(2)]))
  const block = concat(new Uint8Array(48), pack([4, at(1)]))
  return writeExt4({
    root: [{ name: 'dir', inode: 12, type: 2 }],
    inodes: { 12: inode({ mode: MODE.directory, size: 300 * BLOCK, flags: 0, block }) },
    blocks: { [at(1)]: pointers, [at(2)]: new Uint8Array(BLOCK).fill(0) },
  })
}

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, make, said) => {
    const { warnings, refusal } = await survives(make())
    // Attributes are read by `diff` alone, whose problems are not among the warnings.
    const bytes = make()
    const problems = refusal === undefined ? [...warnings, ...attributeProblems(bytes)] : warnings
    if (said === undefined) expect(problems).toEqual([])
    else expect(problems.join('\n')).toMatch(said)
  })
})

function attributeProblems(bytes: Uint8Array): string[] {
  const image = openExt4(bytesSource(bytes, 'image'))
  return image.tree.entries.flatMap((entry) => {
    try {
      image.xattrs(entry)
      return []
    } catch (error) {
      return [String(error)]
    }
  })
}

describe('limits', () => {
  it('directories that nest deeper than the limit are not entered', () => {
    const numbers = Array.from({ length: 10 }, (_, index) => 12 + index)
    const bytes = writeExt4({
      root: [{ name: 'd', inode: 12, type: 2 }],
      inodes: Object.fromEntries(numbers.map((number, index) => [number, folder(at(1 + index))])),
      blocks: Object.fromEntries(
        numbers.map((number, index) => [
          at(1 + index),
          directory([...DOTS, { name: 'd', inode: number + 1, type: 2 }]),
        ]),
      ),
    })
    const { tree: found, warnings } = openExt4(bytesSource(bytes, 'image'), { limits: { depth: 4 } })
    expect(found.count).toBeLessThan(8)
    expect(warnings.map(String).join()).toMatch(/directories nest deeper than 4/)
  })

  it('names beyond the limit are left out', () => {
    const root = Array.from({ length: 30 }, (_, index) => ({ name: `name${index}`, inode: 12 }))
    const bytes = writeExt4({ root, inodes: { 12: inode({ links: 30 }) } })
    const { tree: found, warnings } = openExt4(bytesSource(bytes, 'image'), { limits: { entries: 10 } })
    expect(found.count).toBe(11)
    expect(warnings.map(String).join()).toMatch(/more names than an image may have; the rest is left out/)
  })
})

const WHOLE = ext4WithEverything()

describe('a whole file system', () => {
  it('adds up wherever it is cut', async () => {
    let opened = 0
    for (let cut = 0; cut < 200; cut += 1) {
      const { refusal, complete } = await survives(WHOLE.slice(0, 1 + Math.floor((cut * WHOLE.length) / 200)))
      if (refusal === undefined) opened += 1
      expect(complete).toBe(false)
    }
    expect(opened).toBeGreaterThan(150)
  })

  it('adds up whatever of its structures is changed', async () => {
    const anatomy = anatomyOf(WHOLE)
    const subject = { anatomy, other: { bytes: WHOLE, anatomy }, random: new Random(16) }
    let opened = 0
    for (let round = 0; round < 1500; round += 1) {
      const { refusal } = await survives(mutate(WHOLE, subject, 1 << 20))
      if (refusal === undefined) opened += 1
    }
    expect(opened).toBeGreaterThan(500)
  })
})
