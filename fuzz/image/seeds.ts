import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { crc32 } from '../../parsers/checksums/crc32.ts'
import { portableDecoders as decompressors } from '../../parsers/codecs/decoders.ts'
import { readSuperblock, superblock } from '../../parsers/squashfs/superblock.ts'
import { archive, folder, padded, symlink } from '../../test/parsers/cpio/writer.ts'
import { disk, bootRecord as diskRecord, gptDisk } from '../../test/parsers/disk/disk-builder.ts'
import { runtimeWith } from '../../test/parsers/elf/runtime-writer.ts'
import { writeElf } from '../../test/parsers/elf/writer.ts'
import { erofsWithEverything } from '../../test/parsers/erofs/everything.ts'
import { ext4WithEverything } from '../../test/parsers/ext4/everything.ts'
import {
  BAD_MARK,
  DIRECTORY,
  volume as fatVolume,
  LABEL,
  longEntry,
  entry as shortEntry,
  subdirectory,
} from '../../test/parsers/fat/volume-builder.ts'
import { hfsPlusVolume, UDF_CONTENT, udfParts } from '../../test/parsers/iso9660/foreign-builder.ts'
import {
  appleMap,
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
  RE,
  record,
  SECTOR,
  SP,
  TERMINATOR,
} from '../../test/parsers/iso9660/image-builder.ts'
import { writeBzImage, writeImage, writeProgram, writeVmlinux, writeZboot } from '../../test/parsers/pe/writer.ts'
import { bundleOf, signedMessage } from '../../test/parsers/rauc/writer.ts'
import { DEFINITION, LABELS, OCI_BLOB, PARTITION, SIGNATURE, writeSif } from '../../test/parsers/sif/writer.ts'
import {
  concat,
  extendedFileInode,
  fileInode,
  pack,
  referenceOf,
  storedWord,
  symlinkInode,
  text,
  treeOf,
  typedInode,
  writeSquashfs,
} from '../../test/parsers/squashfs/writer.ts'
import { anatomyOf } from './places.ts'

/** An image without errors. */
export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Images from real tools, copies of them with uncompressed metadata, and images built here that have every structure.
 */
export function seedsFrom(folder: string): Seed[] {
  const made = readdirSync(folder)
    .filter((name) => /\.(iso|squashfs|erofs)$/.test(name))
    .sort()
    .map((name) => ({ name, bytes: Uint8Array.from(readFileSync(join(folder, name))) }))
  const stored = made.flatMap(({ name, bytes }) => {
    const plain = name.endsWith('.squashfs') ? withStoredMetadata(bytes) : undefined
    return plain === undefined ? [] : [{ name: `${name} with stored metadata`, bytes: plain }]
  })
  return [
    ...made,
    ...stored,
    { name: 'squashfs with everything', bytes: squashfsWithEverything() },
    { name: 'EROFS with everything', bytes: erofsWithEverything() },
    { name: 'disc with everything', bytes: discWithEverything() },
    { name: 'disc with other volumes', bytes: discWithOtherVolumes() },
    { name: 'AppImage', bytes: concat(writeElf({ appImageType: 2, behind: 40 }), squashfsWithEverything()) },
    { name: 'program of 32 bits', bytes: concat(writeElf({ bits: 32, little: false }), squashfsWithEverything()) },
    { name: 'AppImage with sections', bytes: concat(appImageRuntime(64, 2), squashfsWithEverything()) },
    { name: 'AppImage of a disc', bytes: discOfAppImage() },
    { name: 'SIF with everything', bytes: sifWithEverything() },
    { name: 'RAUC bundle', bytes: raucBundle() },
    ...([12, 16, 32] as const).map((type) => ({ name: `FAT${type} with everything`, bytes: fatWithEverything(type) })),
    { name: 'disk with logical partitions', bytes: diskWithLogicalPartitions() },
    { name: 'disk with a GUID partition table', bytes: diskWithGuids() },
    { name: 'ext4 with everything', bytes: ext4WithEverything() },
    { name: 'unified kernel image', bytes: unifiedKernelImage() },
    { name: 'kernel', bytes: writeBzImage({ payload: gzipSync(unpackedKernel()), behind: text('behind') }) },
    { name: 'unpacked kernel', bytes: unpackedKernel() },
    { name: 'kernel for EFI', bytes: writeZboot(gzipSync(text('\x7fELF'.repeat(200))), 'gzip') },
    { name: 'kernel for arm64', bytes: writeImage('ARM\x64', text('code '.repeat(200))) },
    { name: 'initrd with everything', bytes: initrdWithEverything() },
  ]
}

/** A FAT file system with long names, fragments, a squashfs, and lost and bad clusters. */
function fatWithEverything(fatType: 12 | 16 | 32): Uint8Array {
  const inner = squashfsWithEverything()
  const clusters = Math.ceil(inner.length / 512)
  const chain = Array.from({ length: clusters }, (_, index) => 40 + index)
  const below = longEntry('a long name 日本.txt', { name: 'ALONGN~1TXT', cluster: 6, size: 1500 })
  return fatVolume({
    fatType,
    clusters: fatType === 16 ? 4085 : 100 + clusters,
    root: [
      shortEntry({ name: 'LABEL      ', attributes: LABEL }),
      shortEntry({ name: 'FOLDER     ', attributes: DIRECTORY, cluster: 5 }),
      shortEntry({ name: '\xe5ELETED    ', cluster: 20, size: 700 }),
      shortEntry({ name: 'STORE   SFS', caseFlags: 0x18, cluster: 40, size: inner.length }),
    ],
    chains: [[5], [6, 7, 10], [20, 21], chain],
    links: { 30: BAD_MARK[fatType] },
    data: { 5: subdirectory(5, 0, below, shortEntry({ name: 'EMPTY      ' })), 6: 'x'.repeat(1024), 40: inner },
  })
}

function diskWithLogicalPartitions(): Uint8Array {
  const [fat, store] = [fatWithEverything(12), squashfsWithEverything()]
  const [fatSectors, storeSectors] = [fat.length / 512, Math.ceil(store.length / 512)]
  const extended = 64 + fatSectors
  return disk(extended + 8 + storeSectors, {
    0: diskRecord([0xef, 63, fatSectors], [0x05, extended, 8 + storeSectors]),
    63: fat,
    [extended]: diskRecord([0x83, 1, 2], [0x05, 3, 5 + storeSectors]),
    [extended + 3]: diskRecord([0x83, 2, storeSectors]),
    [extended + 5]: store,
  })
}

function diskWithGuids(): Uint8Array {
  const fat = fatWithEverything(32)
  const last = 40 + fat.length / 512 - 1
  return gptDisk(
    last + 60,
    [
      [40, last, 'EFI system'],
      [last + 3, last + 20, 'data'],
    ],
    { 40: fat },
  )
}

/** A program with a kernel, a squashfs in place of its initrd, names in the string table, and a signature. */
function unifiedKernelImage(): Uint8Array {
  return writeProgram({
    sections: [
      { name: '.text', content: text('code') },
      { name: '/4', content: text('a long name') },
      { name: '.osrel', content: text('PRETTY_NAME="A test"') },
      { name: '.cmdline', content: text(`init=/nix/store/${C}/init`) },
      { name: '.uname', content: text('6.12.90') },
      { name: '.linux', content: writeBzImage() },
      { name: '.initrd', content: squashfsWithEverything() },
      { name: '.initrd', content: text('a second one') },
    ],
    strings: ['.a_long_section_name'],
    symbols: 2,
    certificates: text('a signature'.padEnd(64, '.')),
    overlay: text('behind'),
  })
}

function sifWithEverything(): Uint8Array {
  const partition = { type: PARTITION, bytes: squashfsWithEverything(), fileSystem: 1, partition: 2 }
  const others = [DEFINITION, LABELS, SIGNATURE, OCI_BLOB].map((type) => ({ type, bytes: text('some content') }))
  return concat(writeSif([others[0]!, partition, ...others.slice(1)]), text('behind it'))
}

/** The program of an AppImage, with the sections that are about it. */
function appImageRuntime(bits: 32 | 64, appImageType: 1 | 2): Uint8Array {
  const sections = [
    ['.upd_info', 20],
    ['.digest_md5', 16],
  ] as const
  return runtimeWith(sections, { bits, appImageType }).bytes
}

/** A disc with a program in its system area, which ends before the partition table. */
function discOfAppImage(): Uint8Array {
  const disc = discWithEverything()
  disc.set(appImageRuntime(32, 1))
  return disc
}

/** A bundle with a hash tree and a signed manifest. */
function raucBundle(): Uint8Array {
  const manifest = '[update]\ncompatible=x\nversion=1\n[bundle]\nformat=verity\n[image.a]\nfilename=a\nsize=1\n'
  return bundleOf(squashfsWithEverything(), { signature: signedMessage(manifest), tree: 4096 })
}

/** Archives of each format, with names that occur twice, and an image inside. None is compressed. */
function initrdWithEverything(): Uint8Array {
  const link = { ino: 9, nlink: 2, device: [8, 1] } as const
  const microcode = archive(folder('kernel'), { name: 'kernel/microcode.bin', content: 'code' })
  const main = archive(
    folder('.'),
    folder('nix/store'),
    folder(`nix/store/${A}`),
    { name: `nix/store/${A}/libc.so`, content: `/nix/store/${B}/bin/bash` },
    symlink('init', `/nix/store/${C}/init`),
    { name: `nix/store/${C}/init`, content: `#!/nix/store/${B}/bin/bash\n`, mode: 0o100755 },
    { name: 'nix-path-registration', content: REGISTRATION },
    { ...link, name: 'hard' },
    { ...link, name: 'link', content: 'linked' },
    { name: 'console', mode: 0o20600, rdev: [5, 1] },
    { name: 'disk', mode: 0o60600, rdev: [8, 1] },
    { name: 'pipe', mode: 0o10600 },
    { name: 'socket', mode: 0o140600 },
    symlink('lib', 'usr/lib'),
    folder('usr/lib'),
    { name: 'lib/below-a-link', content: 'x' },
    { name: 'store.squashfs', content: squashfsWithEverything() },
  )
  const summed = archive(
    { name: 'hard', content: 'over a link', format: 'crc' },
    { name: 'sum', content: 'a', format: 'crc' },
  )
  const odc = archive({ name: 'odc', content: 'odd', format: 'odc' })
  return concat(padded(microcode, 512), padded(main, 512), summed, padded(odc))
}

const TABLES = [
  'inodeTableStart',
  'directoryTableStart',
  'fragmentTableStart',
  'exportTableStart',
  'idTableStart',
] as const

/** The same squashfs with uncompressed metadata; undefined if it has several directory blocks, or xattrs. */
function withStoredMetadata(bytes: Uint8Array): Uint8Array | undefined {
  const { block, codec } = readSuperblock(bytesSource(bytes, 'seed'))
  if (block.xattrIdTableStart < bytes.length) return undefined
  const view = new DataView(bytes.buffer)
  const parts: Uint8Array[] = [bytes.slice(0, block.inodeTableStart)]
  let size = block.inodeTableStart
  const append = (part: Uint8Array): number => {
    parts.push(part)
    size += part.length
    return size - part.length
  }
  /** Appends the unpacked block at an offset. It returns the old and the new offset, and the end of the old block. */
  const store = (at: number): { from: number; to: number; end: number } => {
    const header = view.getUint16(at, true)
    const end = at + 2 + (header & 0x7fff)
    let plain = bytes.subarray(at + 2, end)
    if ((header & 0x8000) === 0) {
      const output = new Uint8Array(8192)
      plain = output.subarray(0, decompressors[codec](plain, output))
    }
    return { from: at, to: append(concat(pack([2, 0x8000 + plain.length]), plain)), end }
  }
  const starts: Partial<Record<(typeof TABLES)[number] | 'bytesUsed', number>> = { inodeTableStart: size }
  const moved = new Map<number, number>()
  for (let at = block.inodeTableStart; at < block.directoryTableStart; ) {
    const { from, to, end } = store(at)
    moved.set(from - block.inodeTableStart, to - block.inodeTableStart)
    at = end
  }
  for (const table of TABLES) {
    const start = block[table]
    if (table === 'inodeTableStart' || start >= bytes.length) continue
    const isIndexed = table !== 'directoryTableStart'
    const { to, end } = store(isIndexed ? Number(view.getBigUint64(start, true)) : start)
    if (!isIndexed && end !== Number(view.getBigUint64(block.fragmentTableStart, true))) return undefined
    starts[table] = isIndexed ? append(pack([8, to])) : to
  }
  starts.bytesUsed = size
  const result = concat(...parts)
  for (const [field, start] of Object.entries(starts)) {
    result.set(pack([8, start]), superblock.offsets[field as (typeof TABLES)[number]])
  }
  // The pointers to inodes, whose blocks have moved.
  const out = new DataView(result.buffer)
  const move = (at: number): void => out.setUint32(at, moved.get(out.getUint32(at, true))!, true)
  move(superblock.offsets.rootInode + 2)
  const { items } = anatomyOf(result)
  for (const { start } of items.get('directory header') ?? []) move(start + 4)
  for (const { start } of items.get('export entry') ?? []) move(start + 2)
  return result
}

const A = '0123456789abcdfghijklmnpqrsvwxyz-glibc-2.40'
const B = 'zyxwvsrqpnmlkjihgfdcba9876543210-bash-5.2'
const C = '1111111111111111111111111111111a-nixos-system-test'

const REGISTRATION = [A, B, C]
  .map((path, index, all) =>
    [
      `/nix/store/${path}`,
      `sha256:${'0'.repeat(63)}${index}`,
      1000 + index,
      '',
      index,
      ...all.slice(0, index).map((other) => `/nix/store/${other}`),
      '',
    ].join('\n'),
  )
  .join('')

function squashfsWithEverything(): Uint8Array {
  const plain = text(`/nix/store/${A}/lib `.repeat(80)).subarray(0, 4096)
  const packed = deflateSync(text(`/nix/store/${B}/bin `.repeat(250).slice(0, 4096)))
  const fullBlock = concat(plain, new Uint8Array(4096 - plain.length))
  const tails = concat(text(REGISTRATION), text(`exec /nix/store/${B}/bin/sh\n`), text('tail'))
  const packedTails = deflateSync(tails)
  const data = concat(fullBlock, packed, packedTails, text('short'))
  const at = {
    full: 96,
    packed: 96 + 4096,
    tails: 96 + 4096 + packed.length,
    short: 96 + 4096 + packed.length + packedTails.length,
  }
  const script = REGISTRATION.length
  const device = (type: number) => typedInode(type, pack([4, 1], [4, 0x0801]))
  const pipe = (type: number) => typedInode(type, pack([4, 1]))
  const tree = treeOf({
    name: '',
    extended: true,
    children: [
      {
        name: A,
        children: [
          {
            name: 'lib',
            children: [
              {
                name: 'libc.so',
                inode: fileInode({ start: at.full, size: 8192, blocks: [storedWord(4096), packed.length] }),
              },
              { name: 'libc.so.6', inode: symlinkInode('libc.so'), type: 3 },
            ],
          },
        ],
      },
      {
        name: B,
        inode: extendedFileInode({
          start: at.packed,
          size: 12288 + 3,
          blocks: [packed.length, 0, 0],
          fragment: 0,
          offset: 10,
          xattr: 1,
          linkCount: 2,
        }),
      },
      {
        name: C,
        extended: true,
        children: [
          { name: 'activate', inode: fileInode({ size: 60, fragment: 0, offset: script }) },
          { name: 'sh', inode: symlinkInode(`/nix/store/${B}`), type: 3 },
        ],
      },
      { name: 'block', inode: device(4), type: 4 },
      { name: 'block2', inode: concat(device(11), pack([4, 0])), type: 4 },
      { name: 'char', inode: device(5), type: 5 },
      { name: 'char2', inode: concat(device(12), pack([4, 1])), type: 5 },
      { name: 'empty', children: [] },
      { name: 'fifo', inode: pipe(6), type: 6 },
      { name: 'fifo2', inode: concat(pipe(13), pack([4, 0])), type: 6 },
      { name: 'link2', inode: concat(typedInode(10, pack([4, 1], [4, 6])), text('target'), pack([4, 1])), type: 3 },
      { name: 'nix-path-registration', inode: fileInode({ size: REGISTRATION.length, fragment: 0 }) },
      { name: 'short', inode: fileInode({ start: at.short, size: 5, blocks: [storedWord(5)] }) },
      { name: 'socket', inode: pipe(7), type: 7 },
      { name: 'socket2', inode: concat(pipe(14), pack([4, 0])), type: 7 },
      { name: 'sparse', inode: extendedFileInode({ size: 40_960, blocks: Array(10).fill(0) }) },
    ],
  })
  const value = concat(pack([2, 2], [2, 10]), text('capability'), pack([4, 20]), new Uint8Array(20))
  const outOfLine = concat(pack([2, 0x100], [2, 4]), text('name'), pack([4, 8], [8, 14]))
  return writeSquashfs({
    data,
    ...tree,
    fragments: [
      { start: at.tails, word: packedTails.length },
      { start: at.short, word: storedWord(5) },
    ],
    exports: [0, 0, tree.root].map(referenceOf),
    ids: [0, 1000],
    xattrs: {
      values: concat(value, outOfLine),
      ids: [
        { reference: referenceOf(0), count: 1, size: value.length },
        { reference: referenceOf(0), count: 2, size: value.length + outOfLine.length },
      ],
    },
  })
}

function discWithEverything(): Uint8Array {
  const inner = squashfsWithEverything()
  const innerBlocks = Math.ceil(inner.length / SECTOR)
  const SQUASHFS = 50
  const sectors = SQUASHFS + innerBlocks + 8
  const sl = (...components: readonly (readonly [number, string])[]) =>
    entry('SL', [
      Uint8Array.of(0),
      ...components.map(([flags, name]) => joined([Uint8Array.of(flags, name.length), latin1(name)])),
    ])
  const tf = entry('TF', [
    Uint8Array.of(0x0e),
    ...Array.from({ length: 3 }, () => Uint8Array.of(100, 1, 1, 0, 0, 0, 0)),
  ])
  const zisofs = zisofsFile()
  const area = joined([nm('long '.repeat(20), 1), ce(25, 512, 128)])
  const area2 = joined([nm('name'), px(0o100644), tf])
  const records = [
    record({ name: 'BOOT', block: 22, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm('boot'), tf] }),
    record({ name: 'DEEP', block: 27, size: 10, systemUse: [px(0o100644), nm('deep'), cl(24)] }),
    record({ name: 'DEV', systemUse: [px(0o20644), nm('dev'), entry('PN', [both32(0), both32(0x0801)])] }),
    record({
      name: 'LINK',
      systemUse: [px(0o120777), nm('link'), sl([8, ''], [0, 'nix'], [4, ''], [2, ''], [1, 'part'], [0, 'ial'])],
    }),
    record({ name: 'LONG', block: 30, size: 100, systemUse: [ce(25, 0, area.length)] }),
    record({ name: 'MULTI', block: 31, size: SECTOR, flags: 0x80, systemUse: [px(0o100644), nm('multi')] }),
    record({ name: 'MULTI', block: 33, size: 100, systemUse: [px(0o100644), nm('multi')] }),
    record({ name: 'RR_MOVED', block: 23, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm('rr_moved')] }),
    record({ name: 'STORE', block: SQUASHFS, size: inner.length, systemUse: [px(0o100644), nm('nix-store.squashfs')] }),
    record({
      name: 'XAR',
      block: 34,
      size: 50,
      extendedAttributeLength: 1,
      systemUse: [px(0o100600), nm('xar'), entry('AL', [Uint8Array.of(0, 0, 2), latin1('ca')])],
    }),
    record({
      name: 'Z',
      block: 40,
      size: zisofs.length,
      systemUse: [px(0o100644), nm('z'), entry('ZF', [latin1('pz'), Uint8Array.of(4, 15), both32(2 * 32768 + 5)])],
    }),
  ]
  const joliet = (name: string) => [...name].map((letter) => `\0${letter}`).join('')
  const catalog = new Uint8Array(SECTOR)
  catalog.set([1, 0, 0, 0])
  catalog.set([0xaa, 0x55, 0x55, 0xaa], 28)
  catalog.set([0x88, 0, 0, 0, 0, 0, 4, 0, 36], 32)
  catalog.set([0x91, 0xef, 1, 0], 64)
  catalog.set([0x88, 0x20, 0, 0, 0, 0, 1, 0, 37], 96)
  catalog.set([0x44, 0], 128)
  const boot = bootRecord(26)
  const volume = descriptor({ rootBlock: 20, rootSize: SECTOR, blocks: sectors })
  const view = new DataView(volume.buffer)
  volume.set(both32(10), 132)
  view.setUint32(140, 28, true)
  view.setUint32(148, 29)
  const bytes = image(sectors, {
    16: volume,
    17: boot,
    18: descriptor({ type: 2, escapes: '%/E', rootBlock: 21, rootSize: SECTOR, blocks: sectors }),
    19: TERMINATOR,
    20: directory(20, 20, records, [SP, px(0o40755), tf, ER]),
    21: directory(21, 21, [
      record({ name: joliet('store'), block: SQUASHFS, size: inner.length }),
      record({ name: joliet('only'), block: 35, size: 7 }),
    ]),
    22: directory(22, 20, [
      record({ name: 'GRUB.CFG;1', block: 38, size: 90, systemUse: [px(0o100644), nm('grub.cfg')] }),
      record({ name: 'EFI.IMG;1', block: 37, size: SECTOR, systemUse: [px(0o100644), nm('efi.img')] }),
    ]),
    23: directory(23, 20, [
      record({ name: 'DEEP', block: 24, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm('deep'), RE] }),
    ]),
    24: directory(
      24,
      23,
      [record({ name: 'INSIDE', block: 39, size: 9, systemUse: [px(0o100644), nm('inside')] })],
      [px(0o40755)],
    ),
    25: area,
    26: catalog,
    28: pack([1, 1], [1, 0], [4, 20], [2, 1], [2, 0]),
    29: Uint8Array.of(1, 0, 0, 0, 0, 20, 0, 1, 0, 0),
    38: latin1(`linux /boot/bzImage init=/nix/store/${C}/init\n`),
    40: zisofs,
    [SQUASHFS]: inner,
  })
  bytes.set(area2, 25 * SECTOR + 512)
  partitionTables(bytes, SQUASHFS * 4, (SQUASHFS + innerBlocks) * 4 - 1)
  return bytes
}

/** A disc with a second volume for a partition, a boot image beside the tree, and UDF and HFS+ over the same files. */
function discWithOtherVolumes(): Uint8Array {
  const [SECTORS, OFFSET, HFS, EFI] = [260, 16, 130, 200]
  const volume = (root: number, table: number): Uint8Array => {
    const bytes = descriptor({ rootBlock: root, rootSize: SECTOR, blocks: SECTORS - OFFSET })
    bytes.set(both32(10), 132)
    new DataView(bytes.buffer).setUint32(140, table, true)
    return bytes
  }
  const tree = (root: number, base: number): Uint8Array =>
    directory(
      root,
      root,
      [
        record({ name: 'A', block: UDF_CONTENT - base, size: 3000, systemUse: [px(0o100644), nm('a')] }),
        record({ name: 'B', block: HFS + 30 - base, size: 700, systemUse: [px(0o100644), nm('b')] }),
      ],
      [SP, px(0o40755), ER],
    )
  const catalog = new Uint8Array(SECTOR)
  catalog.set([1, 0xef, 0, 0])
  catalog.set(
    [0xaa, 0x55 - 0xef, 0x55, 0xaa].map((byte) => byte & 0xff),
    28,
  )
  const words = new DataView(catalog.buffer)
  words.setUint16(28, 0, true)
  let sum = 0
  for (let at = 0; at < 32; at += 2) sum += words.getUint16(at, true)
  words.setUint16(28, -sum & 0xffff, true)
  catalog.set([0x88, 0, 0, 0, 0, 0, 0, 0, EFI], 32)
  const boot = bootRecord(30)
  const { 18: bea, 19: nsr, 20: tea, ...udf } = udfParts(SECTORS)
  const bytes = image(SECTORS, {
    16: volume(60, 61),
    17: boot,
    18: TERMINATOR,
    19: bea!,
    20: nsr!,
    21: tea!,
    22: latin1('MKI Sat Feb  7 12:00:00 2009'),
    30: catalog,
    32: volume(62 - OFFSET, 63 - OFFSET),
    33: TERMINATOR,
    60: tree(60, 0),
    61: Uint8Array.of(1, 0, 60, 0, 0, 0, 1, 0),
    62: tree(62 - OFFSET, OFFSET),
    63: Uint8Array.of(1, 0, 62 - OFFSET, 0, 0, 0, 1, 0),
    ...udf,
    [HFS]: hfsPlusVolume(30),
    [EFI]: latin1('not zeros'),
  })
  bytes.set(pack([1, 0x80], [3, 0], [1, 0x83], [3, 0], [4, OFFSET * 4], [4, (SECTORS - OFFSET) * 4]), 446)
  bytes.set(pack([1, 0], [3, 0], [1, 0xef], [3, 0], [4, EFI * 4], [4, 30 * 4]), 462)
  bytes.set([0x55, 0xaa], 510)
  appleMap(bytes, HFS, 60)
  return bytes
}

/** A zisofs file of a block of text, a block of zeros, and a short block. */
function zisofsFile(): Uint8Array {
  const first = deflateSync(Buffer.alloc(32768, 'text '))
  const last = deflateSync(Buffer.from('tail!'))
  const pointers = [32, 32 + first.length, 32 + first.length, 32 + first.length + last.length]
  return concat(
    Uint8Array.of(0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07),
    pack([4, 2 * 32768 + 5], [1, 4], [1, 15], [2, 0], ...pointers.map((pointer) => [4, pointer] as const)),
    first,
    last,
  )
}

/** Puts a master boot record, both copies of a GUID partition table and an Apple partition map around an image. */
function partitionTables(bytes: Uint8Array, first: number, last: number): void {
  bytes.set([0x45, 0x52, 8, 0])
  bytes.set(pack([1, 0x80], [3, 0], [1, 0x17], [3, 0], [4, 0], [4, bytes.length / 512]), 446)
  bytes.set(pack([1, 0], [3, 0], [1, 0xef], [3, 0], [4, first], [4, last - first + 1]), 462)
  bytes.set([0x55, 0xaa], 510)
  appleMap(bytes, first / 4, 2)
  const array = new Uint8Array(8 * 128)
  array.set([0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b])
  array.set(pack([8, first], [8, last]), 32)
  const end = bytes.length / 512 - 1
  for (const [header, other, at] of [
    [1, end, 2],
    [end, 1, end - 2],
  ] as const) {
    const head = concat(
      text('EFI PART'),
      pack([4, 0x10000], [4, 92], [4, 0], [4, 0], [8, header], [8, other], [8, 34], [8, end - 3], [8, 0], [8, 0]),
      pack([8, at], [4, 8], [4, 128], [4, crc32(array, 0, array.length)]),
    )
    head.set(pack([4, crc32(head, 0, head.length)]), 16)
    bytes.set(array, at * 512)
    bytes.set(head, header * 512)
  }
}

/** With a configuration. */
function unpackedKernel(): Uint8Array {
  const rodata = concat(text('IKCFG_ST'), gzipSync('CONFIG_X=y\n'), text('IKCFG_ED and more'))
  const sections = [
    { name: '.text', content: text('code '.repeat(200)) },
    { name: '.bss', content: text('zeros'), type: 8 },
    { name: '.rodata', content: rodata },
  ]
  return writeVmlinux({ sections })
}
