import {
  concat,
  extendedDirectoryInode,
  extendedFileInode,
  fileInode,
  NONE,
  pack,
  SUPERBLOCK_FIELDS,
  type SuperblockField,
  storedWord,
  symlinkInode,
  text,
  words,
} from '../../parsers/squashfs/writer.ts'
import { noise } from '../squashfs-source.ts'

/**
 * A squashfs of some eleven entries that all readers agree on, of which the place of every field is known: nothing in it
 * is compressed. It has a directory in a directory, an empty one, blocks with a tail, a hole, a link and an attribute.
 */

const BLOCK = 4096
const METADATA = 8192
const ABSENT = -1

/** How the sample is laid out, where a case changes more than a field. */
export interface Layout {
  /** More files in the root, with names of 44 bytes, to fill more than one metadata block. */
  readonly more?: number
  /** Bytes of the first block of the inode table, and of the directory table; 8192 in all images but odd ones. */
  readonly inodeBlock?: number
  readonly directoryBlock?: number
  /** Bytes that stand between the superblock and the data: compressor options. */
  readonly options?: Uint8Array
  /** Order of the tables behind the data. */
  readonly order?: readonly TableName[]
  /** Tables that are left out, and their start set to all ones. */
  readonly without?: readonly TableName[]
  /** Bytes of no meaning before each table. */
  readonly gap?: number
  /** Bytes behind a table's last block, in place of nothing. */
  readonly behind?: Partial<Record<TableName, Uint8Array>>
  /** The same behind the values of attributes. */
  readonly behindValues?: Uint8Array
  /** A root that holds nothing, and no directory table then. */
  readonly empty?: boolean
  /** The listing of the root, if another than of all its children. */
  readonly rootListing?: (children: readonly Child[]) => Uint8Array
  /** The value of the attribute stands out of line. */
  readonly outOfLine?: boolean
  /** An inode of `dir` with a directory index. */
  readonly index?: Uint8Array
  /** Inodes in place of those of these names. */
  readonly inodes?: Partial<Record<string, Uint8Array>>
  readonly ids?: readonly number[]
}

export type TableName = 'inodes' | 'directories' | 'fragments' | 'exports' | 'ids' | 'xattrs'
const ORDER: readonly TableName[] = ['inodes', 'directories', 'fragments', 'exports', 'ids', 'xattrs']

/** A name in a listing, and the inode it leads to. */
export interface Child {
  readonly name: string
  readonly type: number
  readonly number: number
  readonly block: number
  readonly offset: number
}

/** An image, and the place of each structure in it, by name. */
export interface Sample {
  readonly bytes: Uint8Array
  at(name: string): number
}

/** A listing with one header for all, as mksquashfs writes it where all inodes are in one block. */
export function listingOf(children: readonly Child[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (let first = 0; first < children.length; ) {
    const { block, number } = children[first]!
    let end = first
    while (end < children.length && end - first < 256 && children[end]!.block === block) end += 1
    parts.push(pack([4, end - first - 1], [4, block], [4, number]))
    for (const child of children.slice(first, end)) {
      const { name, type, offset } = child
      parts.push(pack([2, offset], [2, child.number - number], [2, type], [2, name.length - 1]), text(name))
    }
    first = end
  }
  return concat(...parts)
}

/** Metadata blocks, stored; the first may be shorter than the others. */
function blocksOf(bytes: Uint8Array, first: number): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + (at === 0 ? first : METADATA))
    blocks.push(pack([2, 0x8000 + part.length]), part)
    at += part.length
  }
  return concat(...blocks)
}

function placeIn(at: number, first: number): { block: number; offset: number } {
  if (at < first) return { block: 0, offset: at }
  const later = Math.floor((at - first) / METADATA)
  return { block: first + 2 + later * (METADATA + 2), offset: (at - first) % METADATA }
}

/** Makes the sample. */
export function makeSample(layout: Layout = {}): Sample {
  const { more = 0, inodeBlock = METADATA, directoryBlock = METADATA, options = new Uint8Array(0) } = layout
  const places = new Map<string, number>()

  // Content: whole blocks, then the fragment.
  const dataStart = 96 + options.length
  const bigBlocks = noise(2 * BLOCK, 11)
  const holeBlocks = noise(2 * BLOCK, 12)
  const tails = {
    deep: 'deep below\n',
    inner: 'inner\n',
    big: 'the tail of big\n',
    tagged: 'tagged\n',
    zz: 'the last\n',
  }
  const fragmentStart = dataStart + bigBlocks.length + holeBlocks.length
  const tailAt: Record<string, number> = {}
  let fragmentText = ''
  for (const [name, tail] of Object.entries(tails)) {
    tailAt[name] = fragmentText.length
    fragmentText += tail
  }
  const fragment = text(fragmentText)
  places.set('fragment', fragmentStart)
  places.set('data', dataStart)
  const small = (name: keyof typeof tails, number: number, fields: Parameters<typeof fileInode>[0] = {}): Uint8Array =>
    fileInode({ start: 0, size: tails[name].length, fragment: 0, offset: tailAt[name]!, number, ...fields })

  // Inodes, the children first.
  const inodeParts: Uint8Array[] = []
  let inodeEnd = 0
  const exports: number[] = []
  const add = (name: string, number: number, type: number, made: Uint8Array): Child => {
    const inode = layout.inodes?.[name] ?? made
    const place = placeIn(inodeEnd, inodeBlock)
    places.set(`inode.${name}`, inodeEnd)
    inodeParts.push(inode)
    inodeEnd += inode.length
    exports[number - 1] = place.block * 0x10000 + place.offset
    return { name, type, number, ...place }
  }
  const listings: Uint8Array[] = []
  let listingEnd = 0
  const list = (name: string, listing: Uint8Array): { block: number; offset: number; size: number } => {
    const place = placeIn(listingEnd, directoryBlock)
    places.set(`listing.${name}`, listingEnd)
    listings.push(listing)
    listingEnd += listing.length
    return { ...place, size: listing.length + 3 }
  }
  const directory = (number: number, listing: { block: number; offset: number; size: number }): Uint8Array =>
    pack(
      ...([
        [2, 1],
        [2, 0o755],
        [2, 0],
        [2, 0],
        [4, 1],
        [4, number],
        [4, listing.block],
        [4, 2],
        [2, listing.size],
        [2, listing.offset],
        [4, 11 + more],
      ] as const),
    )
  const extended = (number: number, listing: { block: number; offset: number; size: number }): Uint8Array => {
    const inode = extendedDirectoryInode({ at: 0, length: 0 }, { number, size: listing.size })
    const view = new DataView(inode.buffer, inode.byteOffset, inode.length)
    view.setUint32(24, listing.block, true)
    view.setUint32(28, 11 + more, true)
    view.setUint16(34, listing.offset, true)
    return inode
  }
  const rootNumber = 11 + more
  const children: Child[] = []
  if (layout.empty !== true) {
    const deep = add('deep', 1, 2, small('deep', 1))
    const sub = add('sub', 2, 1, extended(2, list('sub', listingOf([deep]))))
    const inner = add('inner', 3, 2, small('inner', 3))
    const dirListing = list('dir', listingOf([inner, sub]))
    const dirInode = directory(4, dirListing)
    const indexed = concat(extended(4, dirListing), layout.index ?? new Uint8Array(0))
    indexed[32] = 1
    children.push(add('dir', 4, 1, layout.index === undefined ? dirInode : indexed))
    children.push(add('empty', 5, 1, directory(5, { block: 0, offset: 0, size: 3 })))
    const stored = storedWord(BLOCK)
    const big = { start: dataStart, blocks: [stored, stored], size: 2 * BLOCK + tails.big.length, ids: 1 }
    children.push(add('big', 6, 2, small('big', 6, big)))
    const holeFields = { start: dataStart + bigBlocks.length, blocks: [stored, 0, stored], size: 3 * BLOCK }
    children.push(add('hole', 7, 2, fileInode({ ...holeFields, number: 7, fragment: NONE })))
    children.push(add('link', 8, 3, symlinkInode('dir/inner', { number: 8 })))
    const taggedFields = { size: tails.tagged.length, fragment: 0, offset: tailAt['tagged']!, number: 9, xattr: 0 }
    children.push(add('tagged', 9, 2, extendedFileInode({ ...taggedFields, start: 0 })))
    children.push(add('zz', 10, 2, small('zz', 10)))
    for (let index = 0; index < more; index += 1) {
      const name = `more-${String(index).padStart(39, '0')}`
      children.push(add(name, 11 + index, 2, small('inner', 11 + index)))
    }
  }
  children.sort((a, b) => (a.name < b.name ? -1 : 1))
  const rootListing =
    layout.empty === true ? { block: 0, offset: 0, size: 3 } : list('root', (layout.rootListing ?? listingOf)(children))
  const rootInode = layout.empty === true ? 1 : rootNumber
  const root = add('root', rootInode, 1, directory(rootInode, rootListing))

  const ids = layout.ids ?? [0, 1000]
  const value = concat(pack([4, 3]), text('one'))
  const inline = concat(pack([2, 0], [2, 1]), text('a'), value)
  const xattrValues =
    layout.outOfLine === true ? concat(value, pack([2, 0x100], [2, 1]), text('a'), pack([4, 8], [8, 0])) : inline
  const xattrReference = layout.outOfLine === true ? value.length : 0

  const chunks: Uint8Array[] = [new Uint8Array(96), options, bigBlocks, holeBlocks, fragment]
  let size = fragmentStart + fragment.length
  const append = (name: string, chunk: Uint8Array): number => {
    places.set(name, size)
    chunks.push(chunk)
    size += chunk.length
    return size - chunk.length
  }
  const starts: Record<TableName, number> = {
    inodes: ABSENT,
    directories: ABSENT,
    fragments: ABSENT,
    exports: ABSENT,
    ids: ABSENT,
    xattrs: ABSENT,
  }
  /** Blocks of a lookup table and the index of their positions, with what may stand between. */
  const lookup = (name: TableName, entries: Uint8Array, header?: Uint8Array): void => {
    const start = append(name, blocksOf(entries, METADATA))
    const count = Math.ceil(entries.length / METADATA)
    append(`${name}.behind`, layout.behind?.[name] ?? new Uint8Array(0))
    if (header !== undefined) starts[name] = append(`${name}.header`, header)
    const positions = Array.from({ length: count }, (_, index) => [8, start + index * (METADATA + 2)] as const)
    const index = append(`${name}.index`, pack(...positions))
    if (header === undefined) starts[name] = index
  }
  const write: Record<TableName, () => void> = {
    inodes: () => {
      starts.inodes = append('inodes', blocksOf(concat(...inodeParts), inodeBlock))
      append('inodes.behind', layout.behind?.inodes ?? new Uint8Array(0))
    },
    directories: () => {
      starts.directories = append('directories', blocksOf(concat(...listings), directoryBlock))
      append('directories.behind', layout.behind?.directories ?? new Uint8Array(0))
    },
    // With no fragments every writer still says where the table would be.
    fragments: () =>
      lookup(
        'fragments',
        layout.empty === true ? new Uint8Array(0) : pack([8, fragmentStart], [4, storedWord(fragment.length)], [4, 0]),
      ),
    exports: () => lookup('exports', pack(...exports.map((reference) => [8, reference] as const))),
    ids: () => lookup('ids', words(ids)),
    xattrs: () => {
      const valuesStart = append('xattrs.values', blocksOf(xattrValues, METADATA))
      append('xattrs.values.behind', layout.behindValues ?? new Uint8Array(0))
      lookup('xattrs', pack([8, xattrReference], [4, 1], [4, 7]), pack([8, valuesStart], [4, 1], [4, 0]))
    },
  }
  for (const name of layout.order ?? ORDER) {
    if (layout.without?.includes(name) === true) continue
    append(`${name}.gap`, new Uint8Array(layout.gap ?? 0))
    write[name]()
  }

  const fields: Record<SuperblockField, number> = {
    magic: 0x73717368,
    inodes: exports.length,
    mkfsTime: 1,
    blockSize: BLOCK,
    fragments: layout.empty === true ? 0 : 1,
    compression: 1,
    blockLog: 12,
    // Exportable, and compressor options where there are any.
    flags: (layout.without?.includes('exports') === true ? 0 : 0x80) + (options.length > 0 ? 0x400 : 0),
    ids: ids.length,
    major: 4,
    minor: 0,
    rootInode: root.block * 0x10000 + root.offset,
    bytesUsed: size,
    idTableStart: starts.ids,
    xattrIdTableStart: starts.xattrs,
    inodeTableStart: starts.inodes,
    directoryTableStart: starts.directories,
    fragmentTableStart: starts.fragments,
    exportTableStart: starts.exports,
  }
  let offset = 0
  for (const [name, width] of SUPERBLOCK_FIELDS) {
    places.set(`superblock.${name}`, offset)
    offset += width
  }
  chunks[0] = pack(...SUPERBLOCK_FIELDS.map(([name, width]) => [width, fields[name]] as const))
  places.set('end', size)
  // To a multiple of 4 KiB, as every writer pads for loop devices.
  chunks.push(new Uint8Array((4096 - (size % 4096)) % 4096))

  const tableOf = (name: string): [TableName, number] =>
    name.startsWith('inode.') ? ['inodes', inodeBlock] : ['directories', directoryBlock]
  return {
    bytes: concat(...chunks),
    at(name) {
      const known = places.get(name)
      if (known === undefined) throw new Error(`the sample has no ${name}`)
      if (!name.startsWith('inode.') && !name.startsWith('listing.')) return known
      const [table, first] = tableOf(name)
      const { block, offset: within } = placeIn(known, first)
      return starts[table] + block + 2 + within
    },
  }
}
