import { deflateSync } from 'node:zlib'
import { runtimeWith } from '../parsers/elf/runtime-writer.ts'
import {
  bootRecord,
  both32,
  ce,
  cl,
  descriptor,
  directory,
  ER,
  entry,
  image,
  joined,
  latin1,
  nm,
  px,
  record,
  SECTOR,
  SP,
  TERMINATOR,
} from '../parsers/iso9660/image-builder.ts'
import { bundleOf, signedMessage } from '../parsers/rauc/writer.ts'
import { LABELS, PARTITION, writeSif } from '../parsers/sif/writer.ts'
import {
  type Child,
  concat,
  deflatedBlocks,
  directoryInode,
  extendedDirectoryInode,
  extendedFileInode,
  fileInode,
  flat,
  listing,
  type Parts,
  pack,
  referenceOf,
  storedWord,
  symlinkInode,
  text,
  typedInode,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'

/** An image made to do harm, and what is to be said of it. */
export interface Hostile {
  readonly name: string
  /** Makes the image. */
  readonly bytes: () => Uint8Array
  /** What `report` and `ls -R` say on stderr; undefined where there is nothing to say. */
  readonly said: RegExp | undefined
  /** What is wrong is in contents, block lists or fragments, which `ls -R` has no need of: it lists all, and says nothing. */
  readonly listed?: true
  /** Exit code of `ls -R`, where it has said all there is to say of names but contents are lost. */
  readonly listCode?: 0
  /** What `diff` says on stderr of extended attributes, which it alone reads; it ends with 2 then. */
  readonly metadata?: RegExp
  /** 2 where something is lost, 0 where all can be read. */
  readonly code: 0 | 2
  /** A file to read, what `cat` says of it, and what is in it; without, STORE_PATH is read. */
  readonly cat?: readonly [path: string, said: RegExp, content?: Uint8Array]
}

/** A store path that is in every image made here and that nothing is wrong with: its base name, and its content. */
export const STORE_PATH = '0123456789abcdfghijklmnpqrsvwxyz-sound'
export const CONTENT = 'a line of text\n'

const sound: Child = {
  name: STORE_PATH,
  inode: fileInode({ start: 96, size: CONTENT.length, blocks: [storedWord(CONTENT.length)] }),
}

/** A squashfs of a sound store path and of others. */
function squashfs(children: readonly Child[], more: Partial<Parts> = {}): Uint8Array {
  return writeSquashfs({
    data: concat(text(CONTENT), new Uint8Array(4096).fill(65)),
    ...flat([sound, ...children]),
    ...more,
  })
}

const hostile = (
  name: string,
  bytes: () => Uint8Array,
  said: RegExp | undefined,
  code: 0 | 2,
  cat?: Hostile['cat'],
): Hostile => (cat === undefined ? { name, bytes, said, code } : { name, bytes, said, code, cat })

const listed = (...parts: Parameters<typeof hostile>): Hostile => ({ ...hostile(...parts), listed: true })
/** One of which only extended attributes are wrong, which `diff` alone reads. */
const ofMetadata = (name: string, bytes: () => Uint8Array, metadata: RegExp): Hostile => ({
  ...hostile(name, bytes, undefined, 0),
  metadata,
})

const child = (inode: Uint8Array, type?: number): Child =>
  type === undefined ? { name: 'child', inode } : { name: 'child', inode, type }
const file =
  (fields: Parameters<typeof extendedFileInode>[0]): (() => Uint8Array) =>
  () =>
    squashfs([child(extendedFileInode(fields))])

/** The same squashfs in a SIF file, and what else is in that. */
const sif =
  (...[objects, spec]: Parameters<typeof writeSif>): (() => Uint8Array) =>
  () =>
    writeSif([{ type: PARTITION, bytes: squashfs([]), fileSystem: 1, partition: 2 }, ...objects], spec)

/** The same squashfs in a bundle of RAUC, and what the last field of that says. */
const bundle =
  (size: bigint, lost = 0): (() => Uint8Array) =>
  () => {
    const whole = bundleOf(squashfs([]), { signature: signedMessage('[update]\n'), tree: 4096, size })
    return whole.subarray(0, whole.length - lost)
  }

/** The same squashfs in an AppImage with a section header that leads elsewhere. */
const appImage =
  (section: number): (() => Uint8Array) =>
  () =>
    concat(runtimeWith([['.upd_info', 64]], { set: { section, offset: 2n ** 62n } }).bytes, squashfs([]))

/** A superblock field that is not what it should be. */
const field =
  (superblock: Parts['superblock']): (() => Uint8Array) =>
  () =>
    squashfs([], { superblock })

/** A file of one block, packed as it comes with one of the compressors of a squashfs. */
const packed =
  (compression: number, block: Uint8Array, size = 4096): (() => Uint8Array) =>
  () => {
    const inode = fileInode({ start: 96 + CONTENT.length, size, blocks: [block.length] })
    return squashfs([child(inode)], { data: concat(text(CONTENT), block), superblock: { compression } })
  }

/** What listings lead to: each inode is in the first block of the table, at its offset. */
const names = (...list: Parameters<typeof listing>[0][number][]): Uint8Array => {
  const link = symlinkInode('/etc', { number: 3 })
  const empty = directoryInode({ at: 0, length: 0 }, 4)
  const inodes = concat(sound.inode, link, empty)
  const directories = listing([{ name: STORE_PATH, at: 0 }, ...list])
  const root = extendedDirectoryInode({ at: 0, length: directories.length })
  return writeSquashfs({ data: text(CONTENT), inodes: concat(inodes, root), root: inodes.length, directories })
}
const LINK_AT = sound.inode.length
const EMPTY_AT = LINK_AT + symlinkInode('/etc').length

/** A directory that says it holds itself, its parent, and one child twice. */
function cycle(): Uint8Array {
  const at = sound.inode.length
  const inner = listing([
    { name: 'self', at, type: 1 },
    { name: 'up', at: at + 32, type: 1 },
  ])
  const top = listing([
    { name: STORE_PATH, at: 0 },
    { name: 'again', at, type: 1 },
    { name: 'child', at, type: 1 },
  ])
  const inodes = concat(
    sound.inode,
    directoryInode({ at: 0, length: inner.length }, 2),
    directoryInode({ at: inner.length, length: top.length }, 1),
  )
  return writeSquashfs({ data: text(CONTENT), inodes, root: at + 32, directories: concat(inner, top) })
}

/** Directories in each other: all inodes but the first are of 32 bytes, and so are all listings but that of the root. */
function deepSquashfs(depth: number): Uint8Array {
  const inodes: Uint8Array[] = [sound.inode, new Uint8Array(0)]
  const listings: Uint8Array[] = []
  let at = sound.inode.length
  let listed = 0
  let below: Uint8Array = directoryInode({ at: 0, length: 0 }, 2)
  for (let level = 0; level < depth; level += 1) {
    inodes.push(below)
    const bytes = listing([...(level === depth - 1 ? [{ name: STORE_PATH, at: 0 }] : []), { name: 'd', at, type: 1 }])
    at += below.length
    listings.push(bytes)
    below = directoryInode({ at: listed, length: bytes.length }, level + 3)
    listed += bytes.length
  }
  return writeSquashfs({
    data: text(CONTENT),
    inodes: concat(...inodes, below),
    root: at,
    directories: concat(...listings),
  })
}

const attribute = concat(pack([2, 0], [2, 1]), text('a'), pack([4, 1]), text('b'))

/** Extended attributes of the one file that has any. */
const xattrs = (
  values: Uint8Array,
  id: { reference?: number; count?: number; size?: number },
  number = 0,
): Uint8Array =>
  squashfs([child(extendedFileInode({ xattr: number }))], {
    xattrs: { values, ids: [{ reference: 0, count: 1, size: values.length, ...id }] },
  })
/** A store path whose scan unpacks 3 GiB: a file of zeros, twenty thousand to one. */
function scannedBomb(): Uint8Array {
  const zeros = concat(
    pack([4, 0xfd2fb528], [1, 0xa0], [4, 2 ** 20]),
    // Blocks of one byte 131,072 times.
    ...Array.from({ length: 8 }, (_, index) => pack([3, ((2 ** 17) << 3) | 2 | (index === 7 ? 1 : 0)], [1, 0])),
  )
  const data = concat(text(CONTENT), ...new Array<Uint8Array>(3000).fill(zeros))
  const blocks = new Array<number>(3000).fill(zeros.length)
  const big = extendedFileInode({ start: 96 + CONTENT.length, size: 3000 * 2 ** 20, blocks })
  return inStorePath([{ name: 'zeros', inode: big }], {
    data,
    // What is sound is stored, and so of any compressor.
    superblock: { compression: 6, blockSize: 2 ** 20, blockLog: 20 },
  })
}

/** A store path of 1,500 files that are each a byte of two fragments of 1 MiB, which take turns. */
function sharedFragments(): Uint8Array {
  const fragment = deflateSync(new Uint8Array(2 ** 20))
  const start = 96 + CONTENT.length
  const files = Array.from({ length: 1500 }, (_, index) => ({
    name: `f${String(index).padStart(4, '0')}`,
    inode: fileInode({ size: 1, fragment: index % 2 }),
  }))
  return inStorePath(files, {
    data: concat(text(CONTENT), fragment, fragment),
    fragments: [
      { start, word: fragment.length },
      { start: start + fragment.length, word: fragment.length },
    ],
    superblock: { blockSize: 2 ** 20, blockLog: 20 },
  })
}

/** Beside the sound store path another, a directory of these files. */
const FOLDER = '1123456789abcdfghijklmnpqrsvwxyz-folder'
function inStorePath(files: readonly Child[], more: Partial<Parts>): Uint8Array {
  const { inodes, root, directories } = flat(files)
  const top = listing([
    { name: STORE_PATH, at: inodes.length },
    { name: FOLDER, at: root, type: 1 },
  ])
  const topInode = extendedDirectoryInode({ at: directories.length, length: top.length }, { number: 3 })
  return writeSquashfs({
    inodes: concat(inodes, sound.inode, topInode),
    root: inodes.length + sound.inode.length,
    directories: concat(directories, top),
    ...more,
  })
}

/** A squashfs that has every table, and where they stand. */
const whole = squashfs([child(extendedFileInode({ size: 50, fragment: 0, xattr: 0 }))], {
  fragments: [{ start: 96 + CONTENT.length, word: storedWord(50) }],
  exports: [referenceOf(0), referenceOf(sound.inode.length)],
  xattrs: { values: attribute, ids: [{ reference: 0, count: 1, size: attribute.length }] },
})
const POINTERS = {
  idTableStart: 48,
  xattrIdTableStart: 56,
  inodeTableStart: 64,
  directoryTableStart: 72,
  fragmentTableStart: 80,
  exportTableStart: 88,
} as const
type Pointer = keyof typeof POINTERS
const pointer = (name: Pointer): number => Number(new DataView(whole.buffer).getBigUint64(POINTERS[name], true))
/** The whole squashfs with pointers that are those of other tables. */
const pointing =
  (pointers: Partial<Record<Pointer, Pointer>>): (() => Uint8Array) =>
  () =>
    patched(
      whole,
      ...Object.entries(pointers).map(([name, to]) => [POINTERS[name as Pointer], u64(pointer(to))] as const),
    )

/** The superblock of a squashfs before 4.0: 119 bytes in version 3, of which the others have less. */
function oldSquashfs(major: number, bigEndian: boolean): Uint8Array {
  const fields: [bytes: number, value: number][] = [
    ...([
      [4, 0x73717368],
      [4, 7],
      [4, 4096],
      [4, 200],
      [4, 200],
      [4, 119],
      [4, 160],
      [2, major],
      [2, 0],
    ] as const),
    // Block sizes and their logarithms, flags, numbers of users, time, root inode.
    ...([
      [2, 32_768],
      [2, 15],
      [1, 0],
      [1, 1],
      [1, 1],
      [4, 0],
      [8, 0],
    ] as const),
    ...([
      [4, 32_768],
      [4, 0],
      [4, 200],
      [8, 4096],
      [8, 200],
      [8, 200],
      [8, 119],
      [8, 160],
      [8, 200],
      [8, -1],
    ] as const),
  ].map(([bytes, value]) => [bytes, value])
  const bytes = fields.map((one) => (bigEndian ? pack(one).reverse() : pack(one)))
  return concat(...bytes, new Uint8Array(4096 - 119))
}

/** A file of blocks that unpack to a thousand times as much, all of them the same stored bytes, in every block. */
function bomb(): Uint8Array {
  const block = deflateSync(new Uint8Array(1 << 20))
  const inner = extendedFileInode({ start: 96 + CONTENT.length, size: 2 ** 20, blocks: [block.length] })
  const copies = Array.from({ length: 3000 }, (_, index) => ({
    name: `b${String(index).padStart(5, '0')}`,
    inode: inner,
  }))
  return squashfs(copies, { data: concat(text(CONTENT), block), superblock: { blockSize: 2 ** 20, blockLog: 20 } })
}

/** Exabytes of holes in some KiB: the list of 2^21 blocks of nothing takes 8 KiB when it is compressed. */
function holes(): Uint8Array {
  const big = extendedFileInode({ size: 2 ** 21 * 2 ** 20, blocks: new Array<number>(2 ** 21).fill(0) })
  const directories = listing([
    { name: STORE_PATH, at: 0 },
    { name: 'holes', at: sound.inode.length + 40 },
  ])
  const root = extendedDirectoryInode({ at: 0, length: directories.length })
  const inodes = concat(sound.inode, root, big)
  return writeSquashfs({
    data: text(CONTENT),
    root: sound.inode.length,
    inodeBlocks: deflatedBlocks(inodes),
    directories,
    superblock: { blockSize: 2 ** 20, blockLog: 20 },
  })
}

/** Ten images in each other. */
function nested(): Uint8Array {
  let bytes = squashfs([])
  for (let depth = 1; depth < 10; depth += 1) {
    const blocks = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, index) =>
      storedWord(Math.min(4096, bytes.length - index * 4096)),
    )
    const inode = fileInode({ start: 96 + CONTENT.length, size: bytes.length, blocks })
    bytes = squashfs([child(inode)], { data: concat(text(CONTENT), bytes) })
  }
  return bytes
}

const INNER = 64
const inner = squashfs([])
const store = record({
  name: 'STORE',
  block: INNER,
  size: inner.length,
  systemUse: [px(0o100644), nm('nix-store.squashfs')],
})

/** A disc with Rock Ridge names, the sound squashfs, and what is given. */
function disc(
  records: readonly Uint8Array[],
  parts: Readonly<Record<number, Uint8Array>> = {},
  self: readonly Uint8Array[] = [SP, px(0o40755), ER],
): Uint8Array {
  const root = directory(20, 20, [...records, store], self)
  return image(INNER + 4, {
    16: descriptor({ rootBlock: 20, rootSize: root.length }),
    17: TERMINATOR,
    20: root,
    [INNER]: inner,
    ...parts,
  })
}
const iso =
  (records: readonly Uint8Array[], parts: Readonly<Record<number, Uint8Array>> = {}): (() => Uint8Array) =>
  () =>
    disc(records, parts)
const folder = (name: string, block: number, use: readonly Uint8Array[] = []): Uint8Array =>
  record({ name, block, size: SECTOR, flags: 2, systemUse: [px(0o40755), ...use] })
const plainFile = (name: string, block: number, size: number, use: readonly Uint8Array[] = []): Uint8Array =>
  record({ name, block, size, systemUse: [px(0o100644), ...use] })

/** Bytes of an image with some of them changed. */
function patched(bytes: Uint8Array, ...patches: readonly (readonly [offset: number, bytes: Uint8Array])[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const [offset, patch] of patches) copy.set(patch, offset)
  return copy
}

/** A boot catalog whose one section says that it has 65,535 entries, and has 510. */
function bootEntries(): Uint8Array {
  const validation = concat(pack([4, 1]), new Uint8Array(24), Uint8Array.of(0xaa, 0x55, 0x55, 0xaa))
  const bootable = concat(pack([4, 0x88], [4, 0], [4, INNER]), new Uint8Array(20))
  const section = concat(pack([1, 0x90], [1, 0xef], [2, 65_535]), new Uint8Array(28))
  const catalog = concat(validation, bootable, section, ...new Array<Uint8Array>(510).fill(bootable))
  return disc([], { 17: bootRecord(30), 18: TERMINATOR, 30: catalog })
}

/** Directories in each other, one to a sector; all say that they are the first, which nobody reads and packs well. */
function deepDisc(depth: number): Uint8Array {
  const root = directory(20, 20, [folder('D', 100), store], [SP, px(0o40755), ER])
  const parts: Record<number, Uint8Array> = {
    16: descriptor({ rootBlock: 20, rootSize: root.length }),
    17: TERMINATOR,
    20: root,
    [INNER]: inner,
  }
  for (let level = 0; level < depth; level += 1) parts[100 + level] = directory(100, 100, [folder('D', 101 + level)])
  return image(102 + depth, parts)
}

const REPLACED = /a name that is invalid in a path is replaced by the ISO 9660 identifier/

const u16 = (value: number): Uint8Array => pack([2, value])
const u64 = (value: number): Uint8Array => pack([8, value])
const zf = (log2: number, size: number): Uint8Array => entry('ZF', [latin1('pz'), Uint8Array.of(4, log2), both32(size)])

/** What ISO images have done to others, each line of it with images that try it here. */
export const DISCS: Readonly<Record<string, readonly Hostile[]>> = {
  'directory cycles: its own block, an ancestor, two parents': [
    hostile('own-block', iso([folder('LOOP', 20)]), /the same directory is reached twice/, 2),
    hostile(
      'ancestor',
      iso([folder('A', 30)], { 30: directory(30, 20, [folder('B', 20)]) }),
      /the same directory is reached twice/,
      2,
    ),
    hostile(
      'two-parents',
      iso([folder('A', 30), folder('B', 30)], { 30: directory(30, 20, []) }),
      /the same directory is reached twice/,
      2,
    ),
  ],
  'a child link to an ancestor (CVE-2014-5471, CVE-2014-5472, CVE-2019-1000020)': [
    hostile('child-link', iso([plainFile('DEEP', 0, 0, [cl(20)])]), /the same directory is reached twice/, 2),
    hostile(
      'child-link-to-file',
      iso([plainFile('DEEP', 0, 0, [cl(INNER)])]),
      /the child link does not lead to a directory/,
      2,
    ),
  ],
  'depth, entries, bytes of directories': [
    hostile('deep', () => deepDisc(2100), /directories deeper than 2048 are listed without contents/, 2),
    hostile(
      'large-directory',
      iso([record({ name: 'BIG', block: 21, size: 0xfffff800, flags: 2, systemUse: [px(0o40755)] })]),
      /a directory lies beyond the end of the image or continues there/,
      2,
    ),
  ],
  'continuation areas: loops, chains, all together (CVE-2014-9420, libarchive #3021)': [
    hostile(
      'ce-loop',
      iso([plainFile('A', 30, 0, [ce(30, 0, 28)])], { 30: ce(30, 0, 28) }),
      /the continuation areas form a loop; it is not followed/,
      2,
    ),
    hostile(
      'ce-circle',
      iso([plainFile('A', 30, 0, [ce(30, 0, 28)])], { 30: ce(31, 0, 28), 31: ce(30, 14, 28) }),
      /the continuation areas form a loop/,
      2,
    ),
    hostile(
      'ce-chain',
      iso([plainFile('A', 0, 0, [ce(30, 0, 28)])], {
        30: joined(Array.from({ length: 70 }, (_, index) => ce(30, (index + 1) * 28, 28))),
      }),
      /more than 64 continuation areas/,
      2,
    ),
    hostile(
      'ce-outside',
      iso([plainFile('A', 0, 0, [ce(2 ** 31, 0, 28)])]),
      /the continuation area lies beyond the end of the image/,
      2,
    ),
    hostile(
      'ce-of-4-gib',
      iso([plainFile('A', 0, 0, [ce(30, 0, 2 ** 32 - 1)])]),
      /the continuation area lies beyond the end of the image/,
      2,
    ),
  ],
  'names with NUL, a slash, dots, escape sequences (CVE-2016-4913)': [
    hostile('name-nul', iso([plainFile('A', 0, 0, [nm('a\0b')])]), REPLACED, 0),
    hostile('name-slash', iso([plainFile('A', 0, 0, [nm('../../etc/passwd')])]), REPLACED, 0),
    hostile('name-escape', iso([plainFile('A', 0, 0, [nm('\x1b]0;title\x07\x1b[2J')])]), undefined, 0),
  ],
  'overlapping extents, and those that no number of 32 bits reaches': [
    hostile('over-descriptors', iso([plainFile('A', 16, 4096)]), undefined, 0),
    hostile('over-directory', iso([plainFile('A', 20, 2048)]), undefined, 0),
    hostile('partly-over-each-other', iso([plainFile('A', 40, 4096), plainFile('B', 41, 4096)]), undefined, 0),
    hostile(
      'block-of-2-32',
      iso([plainFile('A', 2 ** 32 - 1, 4096)]),
      /the image ends before the content of a file/,
      2,
    ),
  ],
  'a root directory of 1.6 TB, records without length or name (libarchive #949, CVE-2017-14501, libcdio #78, #100)': [
    hostile(
      'root-size',
      () => {
        const size = both32(2 ** 32 - 1)
        return patched(patched(disc([]), [16 * SECTOR + 166, size]), [20 * SECTOR + 10, size])
      },
      /beyond the end of the image or continues there/,
      2,
    ),
    hostile(
      'root-size-not-its-own',
      () => patched(disc([]), [16 * SECTOR + 166, both32(2 ** 32 - 1)]),
      /the size in the directory’s own record differs from that in its parent/,
      0,
    ),
    hostile(
      'root-block',
      () => patched(disc([]), [16 * SECTOR + 158, both32(2 ** 32 - 1)]),
      /root directory .*lies beyond the end of the image/,
      2,
    ),
    hostile('record-short', iso([record({ name: 'A', length: 20 })]), /the record is shorter than 34 bytes/, 2),
    hostile(
      'no-name',
      iso([patched(record({ name: 'A' }), [32, Uint8Array.of(0)])]),
      /the record has no file identifier/,
      2,
    ),
    hostile(
      'name-too-long',
      iso([patched(record({ name: 'A' }), [32, Uint8Array.of(255)])]),
      /the file identifier is longer than its record/,
      2,
    ),
  ],
  'Joliet names and directories in circles (libarchive #2983)': [
    hostile(
      'joliet-circle',
      () => {
        const name = [...'x'.repeat(64)].map((letter) => `\0${letter}`).join('')
        const root = directory(21, 21, [
          record({ name, block: 21, size: SECTOR, flags: 2 }),
          record({ name: '\0s', block: INNER, size: inner.length }),
        ])
        return patched(
          disc([], { 17: descriptor({ type: 2, escapes: '%/E', rootBlock: 21 }), 18: TERMINATOR, 21: root }, []),
          [0, new Uint8Array(0)],
        )
      },
      /the same directory is reached twice/,
      2,
    ),
  ],
  'zisofs: a shift of 200, pointers that leave the file (CVE-2026-4426)': [
    hostile(
      'zisofs-shift',
      iso([plainFile('Z', 40, 100, [zf(200, 70_000)])]),
      /zisofs file at 0x14000: the block size is out of range; found 200/,
      2,
      ['/Z', /zisofs file at 0x14000: the block size is out of range; found 200/],
    ),
    hostile(
      'zisofs-block-of-4-gib',
      iso([plainFile('Z', 40, 2 ** 32 - 1, [zf(15, 32_768)])], {
        40: concat(
          Uint8Array.of(0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07),
          pack([4, 32_768], [1, 4], [1, 15], [2, 0], [4, 24], [4, 2 ** 32 - 1]),
        ),
      }),
      /the image ends before the content of a file/,
      2,
      ['/Z', /data block at 0x14018: cut short/],
    ),
    hostile(
      'zisofs-size',
      iso([plainFile('Z', 40, 100, [zf(15, 2 ** 32 - 1)])]),
      /the block pointers do not fit into the file/,
      2,
      ['/Z', /the block pointers do not fit into the file/],
    ),
  ],
  'boot catalogs and partition tables without end': [
    hostile('boot-entries', bootEntries, /only the first 256 entries of the boot catalog are read/, 0),
    hostile(
      'gpt-entries',
      () =>
        patched(
          disc([]),
          [512, concat(text('EFI PART'), pack([4, 0x10000], [4, 92]))],
          [512 + 72, pack([8, 2], [4, 2 ** 32 - 1], [4, 128])],
        ),
      /more than 4096 partitions; none of them is read/,
      0,
    ),
  ],
  'ER and other entries with lengths of their own (CVE-2014-9584)': [
    hostile(
      'er-length',
      () => disc([], {}, [SP, px(0o40755), entry('ER', [Uint8Array.of(255, 255, 255, 1), latin1('RRIP_1991A')])]),
      undefined,
      0,
    ),
    hostile('entry-length', iso([plainFile('A', 0, 0, [patched(nm('name'), [2, Uint8Array.of(255)])])]), undefined, 0),
    hostile(
      'sl-component',
      iso([record({ name: 'L', systemUse: [px(0o120777), entry('SL', [Uint8Array.of(0, 0, 255), latin1('x')])] })]),
      undefined,
      0,
    ),
  ],
}

const good = squashfs([])
const at = (name: string): number =>
  Number(new DataView(good.buffer).getBigUint64({ id: 48, inode: 64, directory: 72 }[name]!, true))
/** What is said of a table that is said to stand where the inode table does. */
const OVER_INODES: Readonly<Record<string, RegExp>> = {
  idTableStart: /id table index .*the first block does not lie before the index/,
  xattrIdTableStart: /xattr table index .*cut short: it takes/,
  directoryTableStart: /reference in the inode table .*does not point to the start of a block/,
  exportTableStart: /export table index .*the first block does not lie before the index/,
}
const xz = (dictionary: number): Uint8Array =>
  concat(
    Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 1, 0x69, 0x22, 0xde, 0x36, 2, 0, 0x21, 1, dictionary),
    new Uint8Array(40),
  )

/** ARM branches that end within one: what a filter of four bytes cannot change the end of. */
const BRANCHES = Uint8Array.from({ length: 41 }, (_, index) => (index % 4 === 3 ? 0xeb : 0))
/** BRANCHES as xz packs them with its ARM filter. */
const odd = Buffer.from(
  '/Td6WFoAAAFpIt42AgEHACEBAAB0QTmF4AAoABpdAAEANhFISN06ZUXdq3O2veLekzJ7/ASBZfwAAAAAxfsM9gABMik2eUSPkEKZDQEAAAAAAVla',
  'base64',
)
/** The same with a filter whose branches are counted from byte 3. */
const oddOffset = Buffer.from(
  '/Td6WFoAAAFpIt42AwEHBAMAAAAhAQAApSQ25eAAKAAaXQABgDYRSXMlQ7eLTsCrJRku1JcqjvLggCe6AAAAAMX7DPYAATYpMrwo65BCmQ0BAAAAAAFZWg==',
  'base64',
)

/** What squashfs images have done to others. Numbers are those of the checklist that these lines come from. */
export const SQUASHFS: Readonly<Record<string, readonly Hostile[]>> = {
  '0: counts and lengths that overflow (CVE-2012-4024, CVE-2012-4025, CVE-2015-4645, CVE-2015-4646)': [
    hostile('fragment-count', field({ fragments: 2 ** 32 - 1 }), /fragment table index .*cut short: it takes/, 2),
    listed(
      'negative-fragment-length',
      () => squashfs([child(fileInode({ size: 50, fragment: 0 }))], { fragments: [{ start: 96, word: 2 ** 32 - 1 }] }),
      /fragment 0 at 0x60: size: the size of a fragment is invalid/,
      2,
    ),
  ],
  '0: names that lead elsewhere (CVE-2021-40153, CVE-2021-41072, squashfs-tools #50)': [
    hostile('dot-dot', () => names({ name: '..', at: 0 }), /an invalid file name is left out/, 2),
    hostile('path', () => names({ name: '../../etc/passwd', at: 0 }), /an invalid file name is left out/, 2),
    hostile('slash', () => names({ name: '/', at: 0 }), /an invalid file name is left out/, 2),
    hostile(
      'link-and-directory',
      () => names({ name: 'x', at: LINK_AT, type: 3 }, { name: 'x', at: EMPTY_AT, type: 1 }),
      /its names are out of order or repeated/,
      0,
    ),
  ],
  '0: numbers of inodes, users, attributes (CVE-2024-26982, CVE-2025-40200 and the Linux series of 2018, 2021, 2023)': [
    hostile('inode-0', () => squashfs([child(fileInode({ number: 0 }))]), undefined, 0),
    hostile('user', () => squashfs([child(fileInode({ ids: 9 }))]), /id table at .*no such entry; found 9/, 2),
    hostile('negative-size', file({ size: -1 }), /file size: its block list would run past the inode table/, 2),
  ],
  '0: links that lead to themselves (squashfs-tools #214, U-Boot CVE-2024-57254 to 57258)': [
    hostile('link-to-itself', () => squashfs([child(symlinkInode('child'), 3)]), undefined, 0, [
      '/child',
      /\/child is a symbolic link to child, not a regular file/,
    ]),
  ],
  '1: pointers': (
    [
      'idTableStart',
      'xattrIdTableStart',
      'inodeTableStart',
      'directoryTableStart',
      'fragmentTableStart',
      'exportTableStart',
    ] as const
  ).flatMap((name) => {
    // No fragments and no export table: where they would stand means nothing.
    const means = name !== 'fragmentTableStart'
    const unset = name === 'xattrIdTableStart' || name === 'exportTableStart' || !means
    return [
      hostile(
        `${name}-all-ones`,
        field({ [name]: -1 }),
        unset ? undefined : /a required table is outside the file/,
        unset ? 0 : 2,
      ),
      hostile(`${name}-behind`, field({ [name]: 2 ** 40 }), means ? /is outside the file/ : undefined, means ? 2 : 0),
      hostile(`${name}-negative`, field({ [name]: -4096 }), means ? /is outside the file/ : undefined, means ? 2 : 0),
      hostile(
        `${name}-as-the-inode-table`,
        field({ [name]: at('inode') }),
        OVER_INODES[name],
        OVER_INODES[name] === undefined ? 0 : 2,
      ),
    ]
  }),
  '1: pointers that are equal, or in no order': [
    hostile('all-tables-in-order', () => whole, undefined, 0),
    hostile(
      'all-as-the-directory-table',
      pointing({
        idTableStart: 'directoryTableStart',
        xattrIdTableStart: 'directoryTableStart',
        inodeTableStart: 'directoryTableStart',
        fragmentTableStart: 'directoryTableStart',
        exportTableStart: 'directoryTableStart',
      }),
      /directory table at .*a block of 4428 bytes/,
      2,
    ),
    hostile(
      'inodes-and-directories-swapped',
      pointing({ inodeTableStart: 'directoryTableStart', directoryTableStart: 'inodeTableStart' }),
      /inode table at .*it starts past the structure that follows it/,
      2,
    ),
    listed(
      'fragments-and-exports-swapped',
      pointing({ fragmentTableStart: 'exportTableStart', exportTableStart: 'fragmentTableStart' }),
      /fragment 0 at 0x0: it does not lie between the superblock and the tables/,
      0,
    ),
    hostile(
      'ids-and-xattrs-swapped',
      pointing({ idTableStart: 'xattrIdTableStart', xattrIdTableStart: 'idTableStart' }),
      /id table index at .*the number of blocks does not match its entries; found 2/,
      2,
    ),
    {
      // What is no block stands where the directory table ends by that: all names are before it.
      ...hostile(
        'fragments-as-the-id-table',
        pointing({ fragmentTableStart: 'idTableStart' }),
        /directory table at .*a block of 4428 bytes/,
        2,
      ),
      listCode: 0,
    },
    listed(
      'exports-as-the-id-table',
      pointing({ exportTableStart: 'idTableStart' }),
      /parts that should not share bytes do: export table over id table/,
      0,
    ),
  ],
  '2: block sizes': [
    hostile('block-log', field({ blockLog: 31 }), /superblock at 0x16: blockLog: does not agree.*found 31/, 2),
    hostile('block-size-0', field({ blockSize: 0 }), /superblock at 0xc: blockSize: not a block size of the format/, 2),
    hostile('block-log-0', field({ blockLog: 0 }), /superblock at 0x16: blockLog: does not agree.*found 0/, 2),
  ],
  '2: versions that are not read': [
    hostile('version-1', () => oldSquashfs(1, false), /squashfs 1.0, little-endian: 7 inodes, block size 32768/, 2),
    hostile('version-2', () => oldSquashfs(2, false), /squashfs 2.0, little-endian: 7 inodes, block size 32768/, 2),
    hostile('version-3', () => oldSquashfs(3, false), /squashfs 3.0, little-endian: 7 inodes, block size 32768/, 2),
    hostile('big-endian', () => oldSquashfs(3, true), /squashfs 3.0, big-endian: 7 inodes, block size 32768/, 2),
  ],
  '3: counts': [
    hostile(
      'inodes',
      field({ inodes: 2 ** 32 - 1, exportTableStart: at('id') }),
      /export table index .*cut short: it takes/,
      2,
    ),
    hostile('ids', field({ ids: 65_535 }), /id table index .*cut short: it takes/, 2),
    hostile(
      'fragments',
      field({ fragments: 2 ** 32 - 1, fragmentTableStart: 96 }),
      /fragment table index .*cut short: it takes/,
      2,
    ),
  ],
  '4: the root': [
    hostile('root-outside', field({ rootInode: 2 ** 40 }), /does not point to the start of a block/, 2),
    hostile('root-offset', field({ rootInode: 65_535 }), /points past the end of its block; found 65535/, 2),
    hostile('root-is-a-file', field({ rootInode: referenceOf(0) }), /rootInode: the root inode is not a directory/, 2),
  ],
  '5: metadata blocks': [
    hostile('length-0', () => patched(good, [at('inode'), u16(0)]), /inode table at .*a block of 32770 bytes/, 2),
    hostile(
      'length-8193',
      () => patched(good, [at('inode'), u16(0x8000 + 8193)]),
      /inode table at .*a block of 8195 bytes/,
      2,
    ),
    hostile(
      'past-the-table',
      () => patched(good, [at('directory'), u16(0x8000 + 8000)]),
      /directory table at .*a block of 8002 bytes/,
      2,
    ),
    hostile(
      'unpacks-to-more',
      () =>
        squashfs([], {
          inodeBlocks: [concat(u16(deflateSync(new Uint8Array(9000)).length), deflateSync(new Uint8Array(9000)))],
        }),
      /a block does not decompress/,
      2,
    ),
    hostile(
      'thousands-of-none',
      () => squashfs([], { inodeBlocks: new Array<Uint8Array>(50_000).fill(u16(0x8000)) }),
      /a block of 32770 bytes/,
      2,
    ),
  ],
  '6: inodes': [
    hostile(
      'type-0',
      () => squashfs([child(typedInode(0, pack()))]),
      /type: unknown inode type; found 0, expected 1 to 14/,
      2,
    ),
    hostile('type-15', () => squashfs([child(typedInode(15, pack()))]), /unknown inode type; found 15/, 2),
    hostile('size-2-63', file({ size: 2 ** 63 }), /its block list would run past the inode table/, 2),
    listed(
      'block-list',
      file({ size: 4096 * 2000, blocks: [storedWord(1)] }),
      /the size of a data block is invalid; found 32309256/,
      2,
    ),
    listed(
      'block-size',
      file({ size: 4096, blocks: [4097] }),
      /block size: the size of a data block is invalid; found 4097/,
      2,
    ),
    listed(
      'block-bits',
      file({ size: 4096, blocks: [2 ** 31 + 1] }),
      /block size: the size of a data block is invalid/,
      2,
    ),
    listed(
      'start-behind',
      file({ start: 2 ** 40, size: 4096, blocks: [storedWord(4096)] }),
      /block 0 at 0x10000000000: it does not lie in the file/,
      2,
    ),
    listed(
      'start-overflows',
      file({ start: -2, size: 4096, blocks: [storedWord(4096)] }),
      /it does not lie in the file/,
      2,
    ),
  ],
  '7: fragments': [
    listed(
      'fragment-is-the-count',
      file({ size: 50, fragment: 0 }),
      /fragment table at .*no such entry; found 0, expected below 0/,
      2,
    ),
    listed(
      'tail-past-fragment',
      () =>
        squashfs([child(fileInode({ size: 90, fragment: 0, offset: 20 }))], {
          fragments: [{ start: 200, word: storedWord(100) }],
        }),
      /is smaller than its file needs; found 100, expected 110/,
      2,
    ),
    listed(
      'fragment-of-0',
      () => squashfs([child(fileInode({ size: 50, fragment: 0 }))], { fragments: [{ start: 200, word: 0 }] }),
      /its fragment has no bytes; it is read as zeros/,
      0,
    ),
    listed(
      'fragment-in-metadata',
      () =>
        squashfs([child(fileInode({ size: 50, fragment: 0 }))], {
          fragments: [{ start: at('inode') + 40, word: storedWord(60) }],
        }),
      /fragment 0 at .*it does not lie between the superblock and the tables/,
      0,
    ),
  ],
  '8: directories': [
    hostile('cycle', cycle, /a directory is reached twice; it is entered once/, 2),
    hostile(
      'count-257',
      () => names(...Array.from({ length: 300 }, (_, index) => ({ name: `x${index}`, at: 0, count: 257 }))),
      /count: more entries than a header may have; found 257/,
      2,
    ),
    hostile(
      'name-of-65536',
      () => names({ name: 'x', at: 0, nameSize: 65_536 }),
      /name size: the name is longer than the rest of the listing; found 65536/,
      2,
    ),
    hostile(
      'size-2-32',
      () => {
        const inodes = concat(sound.inode, extendedDirectoryInode({ at: 0, length: 0 }, { size: 2 ** 32 - 1 }))
        return writeSquashfs({
          data: text(CONTENT),
          inodes,
          root: sound.inode.length,
          directories: listing([{ name: STORE_PATH, at: 0 }]),
        })
      },
      /a reference runs past the last block of the table/,
      2,
    ),
    hostile('no-inode-there', () => names({ name: 'x', at: 5 }), /unknown inode type; found 0/, 2),
    hostile('dot', () => names({ name: '.', at: 0 }), /an invalid file name is left out/, 2),
    hostile('nul', () => names({ name: 'x\0y', at: 0 }), /an invalid file name is left out/, 2),
    hostile(
      'unsorted',
      () => names({ name: 'z', at: 0 }, { name: 'b', at: 0 }),
      /its names are out of order or repeated/,
      0,
    ),
    hostile('deep', () => deepSquashfs(2100), /directories nest deeper than 2048/, 2),
  ],
  '9: extended attributes': [
    ofMetadata('count-0', () => xattrs(attribute, { count: 0 }), /the number of attributes is invalid; found 0/),
    hostile(
      'id-is-the-count',
      () => xattrs(attribute, {}, 1),
      /it has attributes that are not in the table; found 1, expected below 1/,
      2,
    ),
    ofMetadata(
      'value-nowhere',
      () => xattrs(concat(pack([2, 0x100], [2, 1]), text('a'), pack([4, 8], [8, 2 ** 40])), {}),
      /reference in the xattr table at .*does not point to the start of a block/,
    ),
    ofMetadata(
      'value-4-gib',
      () => xattrs(concat(pack([2, 0], [2, 1]), text('a'), pack([4, -1])), {}),
      /value size: the value is too long; found 4294967295/,
    ),
    hostile(
      'ids-2-31',
      () => {
        const bytes = xattrs(attribute, {})
        const table = Number(new DataView(bytes.buffer).getBigUint64(56, true))
        return patched(bytes, [table + 8, pack([4, 2 ** 31])])
      },
      /xattr table index at .*cut short/,
      2,
    ),
  ],
  '10: symlinks': [
    hostile(
      'target-2-31',
      () => squashfs([child(symlinkInode('x', { size: 2 ** 31 }), 3)]),
      /symlink size: the target is longer than a path may be/,
      2,
    ),
  ],
  '11: bombs': [
    hostile('thousand-to-one', bomb, undefined, 0, ['/b00000', /^$/]),
    listed('in-a-store-path', scannedBomb, /zeros is not scanned in full: too much content for an image/, 2),
    hostile('shared-fragments', sharedFragments, undefined, 0, [`/${FOLDER}/f1499`, /^$/]),
    hostile('exabytes-of-holes', holes, undefined, 0),
    hostile('nested', nested, undefined, 0, [
      `${'/child'.repeat(9)}/${STORE_PATH}`,
      /the image is nested too deeply; it is not opened; the limit is nesting=8/,
    ]),
    listed(
      'registration-of-holes',
      () => {
        const blocks = new Array<number>(255).fill(0)
        const inode = extendedFileInode({ size: 255 * 2 ** 20, blocks })
        return squashfs([{ name: 'nix-path-registration', inode }], {
          superblock: { blockSize: 2 ** 20, blockLog: 20 },
        })
      },
      /nix-path-registration at 0x0: is compressed more than .*; found 267386880 bytes, .*/,
      0,
    ),
  ],
  '12: codecs': [
    hostile('xz-dictionary-of-4-gib', packed(4, xz(40)), undefined, 0, [
      '/child',
      /data block at .*does not decompress/,
    ]),
    hostile('xz-branch-filter-of-odd-length', packed(4, odd, BRANCHES.length), undefined, 0, [
      '/child',
      /^$/,
      BRANCHES,
    ]),
    hostile('xz-branch-filter-at-odd-offset', packed(4, oddOffset, BRANCHES.length), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile(
      'lzma-properties',
      packed(2, concat(Uint8Array.of(225, 0, 0, 0x10, 0), u64(4096), new Uint8Array(20))),
      undefined,
      0,
      ['/child', /does not decompress/],
    ),
    hostile('lzo-overrun', packed(3, new Uint8Array(100).fill(0xff)), undefined, 0, ['/child', /does not decompress/]),
    hostile('lz4-offset-0', packed(5, Uint8Array.of(0x14, 65, 0, 0, 0x50, 1, 2, 3, 4, 5)), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile('zstd-window-2-31', packed(6, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 1, 0, 0)), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile('zstd-dictionary', packed(6, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 16, 1, 0, 0)), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile(
      'zstd-skippable-frame-only',
      packed(6, Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4)),
      undefined,
      0,
      ['/child', /data block at .*decompresses to less than its file needs/],
    ),
    hostile('lz4-before-the-start', packed(5, Uint8Array.of(0x14, 65, 9, 0, 0x50, 1, 2, 3, 4, 5)), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile('xz-index-lies', packed(4, concat(xz(18), new Uint8Array(200).fill(0xff))), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
    hostile('zlib-dictionary', packed(1, Uint8Array.of(0x78, 0xbb, 0, 0, 0, 1, 3, 0)), undefined, 0, [
      '/child',
      /does not decompress/,
    ]),
  ],
  '13: cut off': [
    hostile(
      'cut-at-the-inode-table',
      () => good.subarray(0, at('inode')),
      /bytesUsed: the file ends before the squashfs does, whose tables stand at its end/,
      2,
    ),
    hostile(
      'cut-at-the-directory-table',
      () => good.subarray(0, at('directory')),
      /the file ends before the squashfs does/,
      2,
    ),
    hostile('cut-at-the-id-table', () => good.subarray(0, at('id')), /the file ends before the squashfs does/, 2),
    ...(['fragment', 'export', 'xattrId'] as const).map((table) =>
      hostile(
        `cut-at-the-${table}-table`,
        () => whole.subarray(0, pointer(`${table}TableStart`)),
        /the file ends before the squashfs does/,
        2,
      ),
    ),
    hostile('cut-in-the-superblock', () => good.subarray(0, 50), /superblock at 0x0: cut short/, 2),
  ],
  '14: around the image': [
    hostile('garbage-behind', () => concat(good, new Uint8Array(5000).fill(0xaa)), undefined, 0),
    hostile('two-superblocks', () => concat(good, good), undefined, 0),
    hostile('at-an-odd-offset', () => concat(new Uint8Array(7), good), /this is not in a known format/, 2),
  ],
}

/** A sound squashfs in a container that is damaged. */
export const CONTAINERS: Readonly<Record<string, readonly Hostile[]>> = {
  'what surrounds a squashfs': [
    hostile('rauc-size', bundle(2n ** 63n), /RAUC signature size at 0x\w+: it is not the size of the signature/, 2),
    hostile('rauc-cut', bundle(1n, 20), /RAUC signature at 0x\w+: the file ends before the signature/, 2),
    hostile('sif-descriptors', sif([], { total: 2 ** 31 }), /Dtotal: there are fewer descriptors/, 2),
    hostile(
      'sif-object',
      sif([{ type: LABELS, bytes: text('{}'), offset: 2 ** 60, size: 2 ** 62 }]),
      /descriptor of SIF labels at 0x\w+: the file ends before the data object does/,
      2,
    ),
    hostile(
      'appimage-section',
      appImage(1),
      /section header of \.upd_info at 0x\w+: sh_offset: the section lies out/,
      2,
    ),
    hostile('appimage-names', appImage(2), /section name table at 0x\w+: sh_offset: it lies outside the file/, 2),
  ],
}
