import { concat, fileInode, NONE, pack, storedWord, symlinkInode, text } from '../../parsers/squashfs/writer.ts'
import { type Case, rowsOf } from './case.ts'
import { type Child, type Layout, listingOf, makeSample } from './squashfs-sample.ts'

/** Where fields stand in inodes, listings and the rest, in bytes. */
const INODE = { type: 0, mode: 2, uid: 4, gid: 6, mtime: 8, number: 12 }
const DIR = { block: 16, nlink: 20, size: 24, offset: 26, parent: 28 }
const LDIR = { nlink: 16, size: 20, block: 24, parent: 28, count: 32, offset: 34, xattr: 36 }
const FILE = { start: 16, fragment: 20, offset: 24, size: 28, blocks: 32 }
const LFILE = { start: 16, size: 24, sparse: 32, nlink: 40, fragment: 44, offset: 48, xattr: 52 }
const LINK = { nlink: 16, size: 20 }
const HEADER = { count: 0, block: 4, number: 8 }
const ENTRY = { offset: 12, difference: 14, type: 16, nameSize: 18, name: 20 }
const FRAGMENT = { start: 0, size: 8, unused: 12 }
const XATTR_ID = { reference: 0, count: 8, size: 12 }
const XATTR_HEADER = { values: 0, count: 8, unused: 12 }
const BLOCK = 4096

/** A field to be overwritten: its structure, offset, width in bytes, and value. */
type Edit = readonly [structure: string, offset: number, width: number, value: number]

type Made = Pick<Case, 'sound' | 'changed'>

/** The sample with fields overwritten. */
function set(edits: readonly Edit[], layout: Layout = {}): Made {
  return {
    sound: () => makeSample(layout).bytes,
    changed: () => {
      const { bytes, at } = makeSample(layout)
      for (const [structure, offset, width, value] of edits) bytes.set(pack([width, value]), at(structure) + offset)
      return bytes
    },
  }
}

const superblock = (field: string, width: number, value: number, layout: Layout = {}): Made =>
  set([[`superblock.${field}`, 0, width, value]], layout)

/** The sample in another layout, with fields overwritten: it must read as the usual one. */
function laidOut(layout: Layout, edits: readonly Edit[] = [], sound: Layout = {}): Made {
  return { sound: () => makeSample(sound).bytes, changed: set(edits, layout).changed }
}

/** The sample with fields overwritten by what depends on where things are. */
function edited(edit: (image: Editor) => void, layout: Layout = {}): Made {
  return {
    sound: () => makeSample(layout).bytes,
    changed: () => {
      const { bytes, at } = makeSample(layout)
      const view = new DataView(bytes.buffer)
      edit({
        at,
        set: (structure, width, value) => bytes.set(pack([width, value]), at(structure)),
        add(structure, offset, value) {
          const place = at(structure) + offset
          view.setUint16(place, view.getUint16(place, true) + value, true)
        },
      })
      return bytes
    },
  }
}

interface Editor {
  at(structure: string): number
  set(structure: string, width: number, value: number): void
  /** Adds to a field of 16 bits. */
  add(structure: string, offset: number, value: number): void
}

/** All directories with a size that is off. */
function directorySizes(difference: number, layout: Layout = {}): Made {
  return edited((image) => {
    for (const name of ['dir', 'empty', 'root']) image.add(`inode.${name}`, DIR.size, difference)
    image.add('inode.sub', LDIR.size, difference)
  }, layout)
}

/** The sample without the padding to 4 KiB. */
function unpadded(): Uint8Array {
  const { bytes, at } = makeSample()
  return bytes.subarray(0, at('end'))
}

/** The inode of `hole` with another block list. */
function holeInode(blocks: readonly number[], less = 0): Uint8Array {
  return fileInode({ start: makeSample().at('data') + 2 * BLOCK, size: 3 * BLOCK - less, number: 7, blocks })
}

/** The inode of `link` as an extended one: Linux has no attributes of users on links. */
function extendedLink(target: string): Uint8Array {
  const inode = concat(symlinkInode(target, { number: 8 }), pack([4, NONE]))
  inode[0] = 10
  return inode
}

/** A listing with one header, however many names there are. */
function oneHeader(children: readonly Child[]): Uint8Array {
  const { block, number } = children[0]!
  const entries = children.map((child) =>
    concat(
      pack([2, child.offset], [2, child.number - number], [2, child.type], [2, child.name.length - 1]),
      text(child.name),
    ),
  )
  return concat(pack([4, children.length - 1], [4, block], [4, number]), ...entries)
}

/** The root's names, and 300 more of `zz`. */
function manyNames(children: readonly Child[]): Child[] {
  const zz = children.find(({ name }) => name === 'zz')!
  return [...children, ...Array.from({ length: 300 }, (_, index) => ({ ...zz, name: `zz-${1000 + index}` }))]
}

/** The second and third name in each other's place. */
function swapped([first, second, third, ...rest]: Child[]): Child[] {
  return [first!, third!, second!, ...rest]
}

/** Bytes of the listing of `dir`, whose neighbours are that of `sub` before it and that of the root behind it. */
const DIR_LISTING = 12 + 8 + 'inner'.length + 8 + 'sub'.length
const dirSize = (size: number): Made => set([['inode.dir', DIR.size, 2, size]])

/** The root's listing, changed. */
const rootListing = (change: (children: Child[]) => Uint8Array): Made =>
  laidOut({ rootListing: (children) => change([...children]) })

/** A name of the root in place of `zz`. */
function renamed(name: string): Made {
  return {
    sound: () => makeSample().bytes,
    changed: () =>
      makeSample({
        rootListing: (children) =>
          listingOf(children.map((child) => (child.name === 'zz' ? { ...child, name } : child))),
      }).bytes,
  }
}

const GZIP_OPTIONS = pack([2, 0x8008], [4, 9], [2, 15], [2, 1])
const EMPTY_BLOCK = pack([2, 0x8000])
const ZERO_HEADER = pack([2, 0])
const SPARE_BLOCK = concat(pack([2, 0x8004]), text('more'))
/** Files enough that the inode table and the directory table have more than one block. */
const MANY = 180
const INDEX = concat(pack([4, 0], [4, 0], [4, 4]), text('inner'))

const sb = rowsOf('superblock')
const meta = rowsOf('metadata block')
const id = rowsOf('id table')
const frag = rowsOf('fragment table')
const exp = rowsOf('export table')
const inode = rowsOf('inode')
const file = rowsOf('file inode')
const link = rowsOf('symlink inode')
const dir = rowsOf('directory inode')
const list = rowsOf('listing')
const attr = rowsOf('xattr table')

export const SQUASHFS_READERS = ['unsquashfs', 'rdsquashfs', '7zz', 'Linux'] as const

// biome-ignore format: one case a line, as in the table
export const squashfsCases: readonly Case[] = [
  sb('inodes', '0', superblock('inodes', 4, 0), 'refuses | all | refuses | refuses', 'all'),
  sb('inodes', '1 too few', superblock('inodes', 4, 10), 'refuses | all | refuses | all', 'all'),
  sb('inodes', '1 too many', superblock('inodes', 4, 12), 'all | all | refuses | all', 'all'),
  sb('inodes', '2^32 - 1', superblock('inodes', 4, -1), 'refuses | all | refuses | refuses', 'all, fails'),
  sb('inodes', '2^32 - 1, no export table', superblock('inodes', 4, -1, { without: ['exports'] }), 'all | all | refuses | all', 'all'),
  sb('inodes', '0, no export table', superblock('inodes', 4, 0, { without: ['exports'] }), 'refuses | all | refuses | all', 'all'),
  sb('mkfs time', '2^32 - 1', superblock('mkfsTime', 4, -1), 'all | all | all | all', 'all'),
  sb('block size', '0, block log right', superblock('blockSize', 4, 0), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('block size', '8192, block log 12', superblock('blockSize', 4, 8192), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('block size', '4097, block log 12', superblock('blockSize', 4, 4097), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('block log', '0', superblock('blockLog', 2, 0), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('block log', '13, block size 4096', superblock('blockLog', 2, 13), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('compression', '0, nothing is compressed', superblock('compression', 2, 0), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('compression', '7, nothing is compressed', superblock('compression', 2, 7), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('compression', 'xz where it is gzip, nothing is compressed', superblock('compression', 2, 4), 'all | all | all | all', 'all'),
  sb('flags', '0', superblock('flags', 2, 0), 'all | all | all | all', 'all'),
  sb('flags', 'all but compressor options', superblock('flags', 2, 0xfbff), 'refuses | part, fails | refuses | all', 'all'),
  sb('flags', 'no fragments, though there are', superblock('flags', 2, 0x90), 'all | part, fails | all | all', 'all'),
  sb('flags', 'no xattrs, though there are', superblock('flags', 2, 0x280), 'all | part | all | all', 'all'),
  sb('flags', 'exportable, without the table', superblock('flags', 2, 0x80, { without: ['exports'] }), 'all | all | all | all', 'all'),
  sb('flags', 'compressor options, without any', superblock('flags', 2, 0x480), 'refuses | all | all | refuses', 'all, fails'),
  sb('flags', 'no compressor options, though there are', laidOut({ options: GZIP_OPTIONS }, [['superblock.flags', 0, 2, 0x80]]), 'all | all | all | all', 'all'),
  sb('compressor options', 'not of the compressor’s length', laidOut({ options: concat(pack([2, 0x8003]), text('abc')) }), 'all | all | all | all', 'all'),
  sb('compressor options', 'the block is marked as compressed', laidOut({ options: concat(pack([2, 8]), GZIP_OPTIONS.subarray(2)) }), 'refuses | all | all | refuses', 'all, fails'),
  sb('version', '4.1', superblock('minor', 2, 1), 'refuses | refuses | all | refuses', 'refuses'),
  sb('version', '5.0', superblock('major', 2, 5), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('root inode', 'past the inode table', superblock('rootInode', 8, 0x7000_0000), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('root inode', 'offset past its block', superblock('rootInode', 8, 9000), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('root inode', 'a file', set([['superblock.rootInode', 0, 8, 0]]), 'wrong | refuses | part | refuses', 'refuses'),
  sb('bytes used', '0', superblock('bytesUsed', 8, 0), 'refuses | refuses | refuses | refuses', 'all, warns'),
  sb('bytes used', 'ends at the id table', edited((image) => image.set('superblock.bytesUsed', 8, image.at('ids'))), 'refuses | refuses | refuses | refuses', 'all, warns'),
  sb('bytes used', 'ends at the xattr table', edited((image) => image.set('superblock.bytesUsed', 8, image.at('xattrs.values'))), 'refuses | refuses | all | refuses', 'all, warns'),
  sb('bytes used', '1 too few', edited((image) => image.set('superblock.bytesUsed', 8, image.at('end') - 1)), 'refuses | all | all | refuses', 'all'),
  sb('bytes used', 'more than the file, by 1 MiB', superblock('bytesUsed', 8, 1 << 20), 'refuses | all | all, fails | refuses', 'all, fails'),
  sb('bytes used', '2^64 - 1', superblock('bytesUsed', 8, -1), 'refuses | all | refuses | refuses', 'all, fails'),
  sb('file', 'ends where bytes used says, without padding', { ...set([]), changed: unpadded }, 'all | all | all | refuses', 'all'),
  sb('fragment table start', 'all ones', superblock('fragmentTableStart', 8, -1), 'refuses | part, fails | refuses | refuses', 'part, fails'),
  sb('fragment table start', 'all ones, no fragments', superblock('fragmentTableStart', 8, -1, { empty: true }), 'all | all | refuses | all', 'all'),
  sb('fragment table start', 'past the file, no fragments', superblock('fragmentTableStart', 8, 1 << 20, { empty: true }), 'all | all | refuses | all', 'all'),
  sb('fragment table start', '0, no fragments', superblock('fragmentTableStart', 8, 0, { empty: true }), 'all | all | refuses | all', 'all'),
  sb('fragments', '0', superblock('fragments', 4, 0), 'part, fails | part, fails | part, fails | part, fails', 'part, fails'),
  sb('fragments', '2 where 1 is listed', superblock('fragments', 4, 2), 'refuses | refuses | refuses | all', 'all, fails'),
  sb('fragments', '513, of a table with one block', superblock('fragments', 4, 513), 'refuses | refuses | refuses | refuses', 'all, fails'),
  sb('export table start', 'all ones', superblock('exportTableStart', 8, -1), 'refuses | all | all | all', 'all'),
  sb('export table start', '0', superblock('exportTableStart', 8, 0), 'refuses | refuses | all | refuses', 'all, fails'),
  sb('export table start', 'past the file', superblock('exportTableStart', 8, 1 << 20), 'refuses | all | all | refuses', 'all, fails'),
  sb('id table start', 'all ones', superblock('idTableStart', 8, -1), 'refuses | refuses | refuses | refuses', 'part, fails'),
  sb('id table start', 'past the file', superblock('idTableStart', 8, 1 << 20), 'refuses | refuses | refuses | refuses', 'part, fails'),
  sb('xattr table start', 'all ones, an inode has one', superblock('xattrIdTableStart', 8, -1), 'refuses | part, fails | all | refuses', 'part'),
  sb('xattr table start', '0', superblock('xattrIdTableStart', 8, 0), 'refuses | refuses | all | refuses', 'part, fails'),
  sb('xattr table start', 'past the file', superblock('xattrIdTableStart', 8, 1 << 20), 'refuses | refuses | all | refuses', 'part, fails'),
  sb('xattr table start', 'past the file, flag says no xattrs', set([['superblock.xattrIdTableStart', 0, 8, 1 << 20], ['superblock.flags', 0, 2, 0x280]]), 'refuses | part | all | refuses', 'part, fails'),
  sb('order of tables', 'directories before inodes', laidOut({ order: ['directories', 'inodes', 'fragments', 'exports', 'ids', 'xattrs'] }), 'refuses | refuses | refuses | refuses', 'refuses'),
  sb('order of tables', 'ids before exports', laidOut({ order: ['inodes', 'directories', 'fragments', 'ids', 'exports', 'xattrs'] }), 'refuses | all | all | refuses', 'all'),
  sb('order of tables', 'exports before fragments', laidOut({ order: ['inodes', 'directories', 'exports', 'fragments', 'ids', 'xattrs'] }), 'refuses | refuses | refuses | refuses', 'all'),
  sb('order of tables', 'ids before fragments', laidOut({ order: ['inodes', 'directories', 'ids', 'fragments', 'exports', 'xattrs'] }), 'refuses | refuses | refuses | refuses', 'all'),
  sb('order of tables', 'xattrs before ids', laidOut({ order: ['inodes', 'directories', 'fragments', 'exports', 'xattrs', 'ids'] }), 'refuses | part, fails | all | refuses', 'all'),
  sb('order of tables', 'fragments before inodes', laidOut({ order: ['fragments', 'inodes', 'directories', 'exports', 'ids', 'xattrs'] }), 'refuses | refuses | refuses | refuses', 'all'),
  sb('gaps', '7 zeros before each table', laidOut({ gap: 7 }), 'refuses | all | refuses | refuses', 'all, warns', { before: 'all, fails' }),

  meta('length', '0, stored, behind the inodes', laidOut({ behind: { inodes: EMPTY_BLOCK } }), 'all | all | refuses | all', 'all, warns', { before: 'all, fails' }),
  meta('length', '0, behind the inodes', laidOut({ behind: { inodes: ZERO_HEADER } }), 'all | all | refuses | all', 'all, warns', { before: 'all, fails' }),
  meta('length', '0, stored, behind the directories', laidOut({ behind: { directories: EMPTY_BLOCK } }), 'all | all | refuses | all', 'all, warns', { before: 'all, fails' }),
  meta('length', '8193 for the inode table', set([['inodes', 0, 2, 0x8000 + 8193]]), 'refuses | refuses | refuses | refuses', 'refuses'),
  meta('length', 'past the inode table, behind the last inode', set([['inodes', 0, 2, 0x8000 + 2000]]), 'all | refuses | refuses | refuses', 'refuses'),
  meta('length', '0 for the inode table', set([['inodes', 0, 2, 0]]), 'refuses | refuses | refuses | refuses', 'refuses'),
  meta('length', 'a short block among others, of inodes', laidOut({ more: MANY, inodeBlock: 5000 }, [], { more: MANY }), 'all | all | all | all', 'all'),
  meta('length', 'a short block among others, of listings', laidOut({ more: MANY, directoryBlock: 5000 }, [], { more: MANY }), 'all | all | all | all', 'all'),
  meta('spare block', 'behind the inodes', laidOut({ behind: { inodes: SPARE_BLOCK } }), 'all | all | refuses | all', 'all'),
  meta('spare block', 'behind the directories', laidOut({ behind: { directories: SPARE_BLOCK } }), 'all | all | all | all', 'all'),
  meta('spare block', 'behind the ids', laidOut({ behind: { ids: SPARE_BLOCK } }), 'all | all | all | all', 'all, warns', { before: 'all, fails' }),
  meta('spare block', 'behind the fragments', laidOut({ behind: { fragments: SPARE_BLOCK } }), 'all | all | all | all', 'all, warns', { before: 'all, fails' }),
  meta('spare block', 'behind the exports', laidOut({ behind: { exports: SPARE_BLOCK } }), 'all | all | all | all', 'all, warns', { before: 'all, fails' }),
  meta('spare bytes', '3 zeros behind the directories', laidOut({ behind: { directories: new Uint8Array(3) } }), 'all | all | refuses | all', 'all, warns', { before: 'all, fails' }),
  meta('spare bytes', '3 zeros behind the inodes', laidOut({ behind: { inodes: new Uint8Array(3) } }), 'all | all | refuses | all', 'all, warns', { before: 'all, fails' }),
  meta('spare bytes', '3 zeros behind the ids', laidOut({ behind: { ids: new Uint8Array(3) } }), 'all | all | all | all', 'all, warns', { before: 'all, fails' }),

  id('ids', '0', superblock('ids', 2, 0), 'refuses | refuses | all | refuses', 'part, fails'),
  id('ids', '1, where 2 are listed and used', superblock('ids', 2, 1), 'refuses | wrong | refuses | part, fails', 'part, fails'),
  id('ids', '3, where 2 are listed', superblock('ids', 2, 3), 'refuses | refuses | refuses | all', 'all'),
  id('ids', '40, where 2 are listed', superblock('ids', 2, 40), 'refuses | refuses | refuses | all', 'all'),
  id('ids', '2049, of a table with one block', superblock('ids', 2, 2049), 'refuses | refuses | refuses | refuses', 'all, fails'),
  id('index', '0', set([['ids.index', 0, 8, 0]]), 'refuses | refuses | refuses | refuses', 'part, fails'),
  id('index', 'past the file', set([['ids.index', 0, 8, 1 << 20]]), 'refuses | refuses | refuses | refuses', 'part, fails'),
  id('index', '1 byte off', edited((image) => image.set('ids.index', 8, image.at('ids') + 1)), 'refuses | refuses | refuses | refuses', 'part, fails'),

  frag('size', '0', set([['fragments', 2 + FRAGMENT.size, 4, 0]]), 'part, fails | wrong | wrong | part, fails', 'wrong, warns'),
  frag('size', '0, stored', set([['fragments', 2 + FRAGMENT.size, 4, storedWord(0)]]), 'wrong | wrong | wrong | part, fails', 'wrong, warns'),
  frag('size', 'larger than a block', set([['fragments', 2 + FRAGMENT.size, 4, storedWord(BLOCK + 1)]]), 'part, fails | part, fails | part, fails | part, fails', 'part, fails'),
  frag('size', 'bit 25 is set', set([['fragments', 2 + FRAGMENT.size, 4, storedWord(49) + (1 << 25)]]), 'part, fails | all | part, fails | part, fails', 'part, fails'),
  frag('size', 'shorter than its tails', set([['fragments', 2 + FRAGMENT.size, 4, storedWord(20)]]), 'wrong | wrong | part, fails | part, fails', 'part, fails'),
  frag('start', 'past the file', set([['fragments', 2 + FRAGMENT.start, 8, 1 << 20]]), 'part, fails | part, fails | part, fails | part, fails', 'part, fails'),
  frag('unused', 'all ones', set([['fragments', 2 + FRAGMENT.unused, 4, -1]]), 'all | all | all | all', 'all'),
  frag('index', '0', set([['fragments.index', 0, 8, 0]]), 'refuses | refuses | refuses | refuses', 'part, fails'),

  exp('entries', 'all ones', set([['exports', 2, 8, -1], ['exports', 10, 8, -1]]), 'all | all | all | all', 'all'),
  exp('index', '0', set([['exports.index', 0, 8, 0]]), 'refuses | all | all | refuses', 'all, fails'),

  inode('type', '0', set([['inode.zz', INODE.type, 2, 0]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  inode('type', '15', set([['inode.zz', INODE.type, 2, 15]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  inode('mode', 'with type bits, of a file', set([['inode.zz', INODE.mode, 2, 0o100755]]), 'all | all | all | part, fails', 'all'),
  inode('mode', 'with type bits, of a directory on a file', set([['inode.zz', INODE.mode, 2, 0o040755]]), 'all | all | all | part, fails', 'all'),
  inode('mode', 'with type bits, of a directory', set([['inode.dir', INODE.mode, 2, 0o040755]]), 'all | all | all | part, fails', 'all'),
  inode('uid', 'index past the ids', set([['inode.zz', INODE.uid, 2, 7]]), 'part, fails | all | all | part, fails', 'all, fails'),
  inode('gid', 'index past the ids', set([['inode.zz', INODE.gid, 2, 7]]), 'part, fails | all | all | part, fails', 'all, fails'),
  inode('inode number', '0', set([['inode.zz', INODE.number, 4, 0]]), 'part, fails | all | all | part, fails', 'all'),
  inode('inode number', 'that of another', set([['inode.zz', INODE.number, 4, 1]]), 'wrong | all | all | all', 'all'),
  inode('inode number', 'past the inodes', set([['inode.zz', INODE.number, 4, 99]]), 'part, fails | all | all | all', 'all'),
  inode('inode number', '0 of the root', set([['inode.root', INODE.number, 4, 0]]), 'refuses | all | all | refuses', 'all'),
  inode('inode number', '0 of a directory', set([['inode.dir', INODE.number, 4, 0]]), 'part, fails | all | all | part, fails', 'all'),

  file('size', 'of a last block that unpacks to 100 more', laidOut({ inodes: { hole: holeInode([storedWord(BLOCK), 0, storedWord(BLOCK)], 100) } }, [], { inodes: { hole: holeInode([storedWord(BLOCK), 0, storedWord(BLOCK - 100)], 100) } }), 'all | part, fails | all | all', 'all'),
  file('size', '16 more than its blocks, no tail', set([['inode.hole', FILE.size, 4, 3 * BLOCK + 16]]), 'part, fails | part, fails | refuses | part, fails', 'part, fails'),
  file('size', '2^32 - 1', set([['inode.zz', FILE.size, 4, -1]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  file('blocks', 'one word more than the size needs', laidOut({ inodes: { hole: holeInode([storedWord(BLOCK), 0, storedWord(BLOCK), 77]) } }), 'all | all | refuses | all', 'all'),
  file('block size', 'larger than a block', set([['inode.hole', FILE.blocks, 4, storedWord(BLOCK + 1)]]), 'wrong | part, fails | part, fails | part, fails', 'part, fails'),
  file('block size', 'bit 25 is set', set([['inode.hole', FILE.blocks + 8, 4, storedWord(BLOCK) + (1 << 25)]]), 'part, fails | all | part, fails | part, fails', 'part, fails'),
  file('block size', '0 but stored, for a hole', set([['inode.hole', FILE.blocks + 4, 4, storedWord(0)]]), 'wrong | all | all | part, fails', 'all'),
  file('block size', '96 too few, of the last block', set([['inode.hole', FILE.blocks + 8, 4, storedWord(BLOCK - 96)]]), 'wrong | wrong | part, fails | part, fails', 'part, fails'),
  file('start', 'past the file', set([['inode.big', FILE.start, 4, 1 << 20]]), 'part, fails | part, fails | part, fails | part, fails', 'part, fails'),
  file('start', 'past the file, it has no blocks', set([['inode.zz', FILE.start, 4, -1]]), 'all | all | all | all', 'all'),
  file('fragment', 'past the fragments', set([['inode.zz', FILE.fragment, 4, 7]]), 'part, fails | part, fails | part, fails | part, fails', 'part, fails'),
  file('fragment', 'one, but it has no tail', set([['inode.hole', FILE.fragment, 4, 0]]), 'all | all | all | part, fails', 'all'),
  file('fragment', 'past the fragments, but it has no tail', set([['inode.hole', FILE.fragment, 4, 7]]), 'all | all | part, fails | part, fails', 'all'),
  file('fragment', 'none, but it has a tail', set([['inode.big', FILE.fragment, 4, NONE]]), 'part, fails | part, fails | refuses | part, fails', 'part, fails'),
  file('fragment offset', 'garbage, it has no fragment', set([['inode.hole', FILE.offset, 4, 99999]]), 'all | all | all | all', 'all'),
  file('fragment offset', 'the tail ends behind the fragment', set([['inode.zz', FILE.offset, 4, 45]]), 'wrong | wrong | part, fails | part, fails', 'part, fails'),
  file('fragment offset', 'past a block', set([['inode.zz', FILE.offset, 4, 5000]]), 'wrong | part, fails | part, fails | part, fails', 'part, fails'),
  file('sparse', 'more than the size', set([['inode.tagged', LFILE.sparse, 8, 1 << 30]]), 'all | all | all | all', 'all'),
  file('links', '0', set([['inode.tagged', LFILE.nlink, 4, 0]]), 'all | all | all | all', 'all'),
  file('links', '5, of one name', set([['inode.tagged', LFILE.nlink, 4, 5]]), 'all | all | all | all', 'all'),

  link('symlink size', 'counts a NUL behind the target', laidOut({ inodes: { link: symlinkInode('dir/inner\0', { number: 8 }) } }), 'all | all | all | all', 'all, warns', { before: 'wrong' }),
  link('symlink size', 'counts two NULs, of an extended inode', laidOut({ inodes: { link: extendedLink('dir/inner\0\0') } }, [], { inodes: { link: extendedLink('dir/inner') } }), 'all | all | all | all', 'all, warns', { before: 'wrong' }),
  link('symlink size', '0', set([['inode.link', LINK.size, 4, 0]]), 'part, fails | part, fails | refuses | part', 'part'),
  link('symlink size', '2^32 - 1', set([['inode.link', LINK.size, 4, -1]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  link('links', '0', set([['inode.link', LINK.nlink, 4, 0]]), 'all | all | all | all', 'all'),

  dir('file size', 'lacks the 3, of all directories', directorySizes(-3), 'all | all | refuses | all', 'all, warns', { before: 'part, fails' }),
  dir('file size', 'lacks the 3, listings cross blocks', directorySizes(-3, { more: MANY }), 'all | all | refuses | all', 'all, warns', { before: 'part, fails' }),
  dir('file size', '1 too few', dirSize(DIR_LISTING + 2), 'all | all | refuses | all', 'all, warns', { before: 'part, fails' }),
  dir('file size', '2 too few', dirSize(DIR_LISTING + 1), 'all | all | refuses | all', 'all, warns', { before: 'part, fails' }),
  dir('file size', '3 too few', dirSize(DIR_LISTING), 'all | all | refuses | all', 'all, warns', { before: 'part, fails' }),
  dir('file size', '4 too few', dirSize(DIR_LISTING - 1), 'all | all | refuses | all', 'part, fails', { why: 'a longer last name looks the same, and would be read out of the next listing' }),
  dir('file size', '5 too few', dirSize(DIR_LISTING - 2), 'all | all | refuses | all', 'part, fails', { why: 'a longer last name looks the same, and would be read out of the next listing' }),
  dir('file size', '6 too few: the last name’s length and 3', dirSize(DIR_LISTING - 3), 'all | part | refuses | all', 'part, fails', { why: 'a longer last name looks the same, and would be read out of the next listing' }),
  dir('file size', '11 too few: less than the last entry', dirSize(DIR_LISTING - 8), 'all | part | refuses | all', 'part, fails', { why: 'a longer last name looks the same, and would be read out of the next listing' }),
  dir('file size', '14 too few: the last entry and 3', dirSize(DIR_LISTING - 11), 'all | part | refuses | all', 'part, fails', { why: 'a longer last name looks the same, and would be read out of the next listing' }),
  dir('file size', '1 too many', dirSize(DIR_LISTING + 4), 'part, fails | all | refuses | wrong, fails', 'all, fails'),
  dir('file size', '3 too many', dirSize(DIR_LISTING + 6), 'part, fails | all | refuses | wrong, fails', 'all, fails'),
  dir('file size', '8 too many', dirSize(DIR_LISTING + 11), 'part, fails | all | refuses | wrong, fails', 'all, fails'),
  dir('file size', '9 too many', dirSize(DIR_LISTING + 12), 'part, fails | all | refuses | wrong, fails', 'all, fails'),
  dir('file size', '30 too many', dirSize(DIR_LISTING + 33), 'part, fails | refuses | refuses | wrong, fails', 'wrong, fails'),
  dir('file size', '1 too many, of the last listing', edited((image) => image.add('inode.root', DIR.size, 1)), 'refuses | all | refuses | all', 'all, fails', { why: 'all is shown; with a listing behind it Linux and unsquashfs show what is not so' }),
  dir('file size', '12 too many, of the last listing', edited((image) => image.add('inode.root', DIR.size, 12)), 'refuses | refuses | refuses | all', 'all, fails'),
  dir('file size', '0, and it is empty', set([['inode.empty', DIR.size, 2, 0]]), 'all | all | refuses | all', 'all'),
  dir('file size', '1, and it is empty', set([['inode.empty', DIR.size, 2, 1]]), 'all | all | refuses | all', 'all'),
  dir('file size', '2, and it is empty', set([['inode.empty', DIR.size, 2, 2]]), 'all | all | refuses | all', 'all'),
  dir('file size', '4, and it is empty', set([['inode.empty', DIR.size, 2, 4]]), 'wrong | all | refuses | wrong', 'all, fails'),
  dir('file size', '0 of an empty root', set([['inode.root', DIR.size, 2, 0]], { empty: true }), 'all | all | refuses | all', 'all'),
  dir('start, offset', 'garbage, and it is empty', set([['inode.empty', DIR.block, 4, 0x7fffffff], ['inode.empty', DIR.offset, 2, 9000]]), 'all | all | refuses | all', 'all'),
  dir('start', 'past the directory table', set([['inode.dir', DIR.block, 4, 5000]]), 'part, fails | refuses | refuses | part', 'part, fails'),
  dir('offset', 'past its block', set([['inode.dir', DIR.offset, 2, 9000]]), 'part, fails | refuses | refuses | part', 'part, fails'),
  dir('links', '0', set([['inode.dir', DIR.nlink, 4, 0]]), 'all | all | all | all', 'all'),
  dir('parent inode', '0', set([['inode.dir', DIR.parent, 4, 0]]), 'all | all | all | all', 'all'),
  dir('parent inode', 'past the inodes', set([['inode.dir', DIR.parent, 4, 99]]), 'all | all | all | all', 'all'),
  dir('parent inode', 'itself', set([['inode.dir', DIR.parent, 4, 4]]), 'all | all | all | all', 'all'),
  dir('index count', '1, without an index', set([['inode.sub', LDIR.count, 2, 1]]), 'all | all | refuses | part, fails', 'all'),
  dir('index count', '65535, without an index', set([['inode.sub', LDIR.count, 2, 65535]]), 'all | refuses | refuses | part, fails', 'all, warns', { before: 'part, fails' }),
  dir('index count', '0, with an index', laidOut({ index: INDEX }, [['inode.dir', LDIR.count, 2, 0]]), 'all | all | refuses | all', 'all'),
  dir('index', 'points past the listing', laidOut({ index: concat(pack([4, 900], [4, 0], [4, 4]), text('inner')) }), 'all | all | all | part, fails', 'all'),
  dir('index', 'points past the directory table', laidOut({ index: concat(pack([4, 0], [4, 9000], [4, 4]), text('inner')) }), 'all | all | all | part, fails', 'all'),
  dir('index', 'a name of 300 bytes', laidOut({ index: concat(pack([4, 0], [4, 0], [4, 299]), text('z'.repeat(300))) }), 'all | all | all | all', 'all, warns', { before: 'part, fails' }),
  dir('xattr', 'past the xattrs', set([['inode.sub', LDIR.xattr, 4, 9]]), 'part, fails | part, fails | all | part, fails', 'all, fails'),

  list('count', '1 too few', set([['listing.dir', HEADER.count, 4, 0]]), 'part, fails | refuses | refuses | part', 'part, fails'),
  list('count', '1 too many', set([['listing.dir', HEADER.count, 4, 2]]), 'part, fails | all | refuses | all, fails', 'all, fails'),
  list('count', '1 too many, of the last listing', set([['listing.root', HEADER.count, 4, 7]]), 'refuses | all | refuses | all, fails', 'all, fails'),
  list('count', '257 or more', laidOut({ rootListing: (children) => oneHeader(manyNames(children)) }, [], { rootListing: (children) => listingOf(manyNames(children)) }), 'refuses | refuses | all | part', 'refuses'),
  list('count', '2^32 (stored as all ones)', set([['listing.dir', HEADER.count, 4, -1]]), 'part, fails | refuses | refuses | part', 'part, fails'),
  list('start', 'past the inode table', set([['listing.dir', HEADER.block, 4, 5000]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  list('inode number', '0', set([['listing.sub', HEADER.number, 4, 0]]), 'all | all | all | part', 'all'),
  list('inode number', 'not the inode’s', set([['listing.sub', HEADER.number, 4, 77]]), 'all | all | all | all', 'all'),
  list('inode number', 'that of another file', set([['listing.sub', HEADER.number, 4, 3]]), 'all | all | all | wrong', 'all'),
  list('headers', 'one for each name', rootListing((children) => concat(...children.map((child) => listingOf([child])))), 'all | all | all | all', 'all'),
  list('offset', 'past its block', set([['listing.sub', ENTRY.offset, 2, 8000]]), 'part, fails | refuses | refuses | part, fails', 'part, fails'),
  list('type', 'of a directory, on a file', set([['listing.sub', ENTRY.type, 2, 1]]), 'part, fails | all | all | all', 'all, warns'),
  list('type', 'of a symlink, on a file', set([['listing.sub', ENTRY.type, 2, 3]]), 'all | all | all | part', 'all, warns'),
  list('type', 'an extended one (9)', set([['listing.sub', ENTRY.type, 2, 9]]), 'all | all | all | part', 'all'),
  list('type', '0', set([['listing.sub', ENTRY.type, 2, 0]]), 'all | all | all | all', 'all, warns'),
  list('order', 'from last to first', rootListing((children) => listingOf(children.reverse())), 'refuses | all | all | part, fails', 'all, warns'),
  list('order', 'two of them swapped', rootListing((children) => listingOf(swapped(children))), 'refuses | all | all | part, fails', 'all, warns'),
  list('name', 'twice', rootListing((children) => listingOf([...children, children.at(-1)!])), 'refuses | refuses | all | all', 'all, warns'),
  list('name', '.', renamed('.'), 'refuses | part, warns | wrong | part', 'part, fails'),
  list('name', '..', renamed('..'), 'refuses | part, warns | wrong | part', 'part, fails'),
  list('name', 'has a slash', renamed('z/z'), 'refuses | part, warns | wrong | part, fails', 'part, fails'),
  list('name', 'has a NUL', renamed('zz\0'), 'refuses | all | all | part, fails', 'part, fails'),
  list('name size', '257', renamed('z'.repeat(257)), 'refuses | part, fails | part, fails | part', 'part, fails'),
  list('name size', '1 too many, last of a listing', set([['listing.sub', ENTRY.nameSize, 2, 4]]), 'wrong | wrong | refuses | wrong', 'wrong, warns', { before: 'part, fails', why: 'the same bytes as of a size that lacks 1, which all but 7zz read' }),
  list('name size', '4 too many, last of a listing', set([['listing.sub', ENTRY.nameSize, 2, 7]]), 'part, fails | wrong | refuses | part, fails', 'part, fails'),

  attr('xattr of an inode', 'past the xattrs', set([['inode.tagged', LFILE.xattr, 4, 9]]), 'part, fails | part, fails | - | part, fails', 'part, fails'),
  attr('xattr of an inode', '0, the image has no xattr table', laidOut({ without: ['xattrs'] }), 'part | part, fails | - | part, fails', 'part', { why: 'there are no attributes to lose' }),
  attr('spare bytes', '3 zeros behind the values', laidOut({ behindValues: new Uint8Array(3) }), 'refuses | all | - | all', 'all, warns', { before: 'all, fails' }),
  attr('spare block', 'behind the values', laidOut({ behindValues: SPARE_BLOCK }), 'refuses | all | - | all', 'all'),
  attr('spare block', 'behind the ids', laidOut({ behind: { xattrs: SPARE_BLOCK } }), 'all | all | - | all', 'all, warns', { before: 'all, fails' }),
  attr('ids', '0', set([['xattrs.header', XATTR_HEADER.count, 4, 0]]), 'refuses | part, fails | - | refuses', 'part, fails'),
  attr('ids', '2 where 1 is listed', set([['xattrs.header', XATTR_HEADER.count, 4, 2]]), 'refuses | all | - | all', 'all'),
  attr('ids', '513, of a table with one block', set([['xattrs.header', XATTR_HEADER.count, 4, 513]]), 'refuses | all | - | refuses', 'all, fails'),
  attr('unused', 'all ones', set([['xattrs.header', XATTR_HEADER.unused, 4, -1]]), 'all | all | - | all', 'all'),
  attr('values start', 'past the file', set([['xattrs.header', XATTR_HEADER.values, 8, 1 << 20]]), 'refuses | part, fails | - | refuses', 'part, fails'),
  attr('values start', '0', set([['xattrs.header', XATTR_HEADER.values, 8, 0]]), 'refuses | part, fails | - | refuses', 'part, fails'),
  attr('index', '0', set([['xattrs.index', 0, 8, 0]]), 'refuses | part, fails | - | refuses', 'part, fails'),
  attr('count', '0', set([['xattrs', 2 + XATTR_ID.count, 4, 0]]), 'part, fails | part | - | part', 'part, fails'),
  attr('count', '2 where 1 is listed', set([['xattrs', 2 + XATTR_ID.count, 4, 2]]), 'part, fails | part, fails | - | all, warns', 'part, fails'),
  attr('size', '0', set([['xattrs', 2 + XATTR_ID.size, 4, 0]]), 'all | all | - | all', 'all'),
  attr('size', '2^32 - 1', set([['xattrs', 2 + XATTR_ID.size, 4, -1]]), 'all | all | - | all', 'all'),
  attr('reference', 'past the values', set([['xattrs', 2 + XATTR_ID.reference, 8, 0x7000_0000]]), 'part, fails | part, fails | - | part, fails', 'part, fails'),
  attr('type', 'of no known prefix', set([['xattrs.values', 2, 2, 7]]), 'part, fails | part, fails | - | part', 'part'),
  attr('name size', '0', set([['xattrs.values', 4, 2, 0]]), 'part, fails | part, fails | - | part, fails', 'part, fails'),
  attr('value size', 'past the values', set([['xattrs.values', 7, 4, 5000]]), 'part, fails | part, fails | - | part, fails', 'part, fails'),
  attr('value', 'out of line', laidOut({ outOfLine: true }), 'all | all | - | all', 'all'),
  attr('value', 'out of line, its size is 0', laidOut({ outOfLine: true }, [['xattrs.values', 2 + 7 + 5, 4, 0]]), 'all | all | - | all', 'all'),
  attr('value', 'out of line, past the values', laidOut({ outOfLine: true }, [['xattrs.values', 2 + 7 + 9, 8, 5000]]), 'wrong | part, fails | - | part, warns', 'part, fails'),
]
