import { latin1, SECTOR } from './image-builder.ts'

/** Bytes of one sector: numbers at offsets, little-endian, `[offset, width, value]`. */
export function fields(...numbers: readonly (readonly [number, 1 | 2 | 4 | 8, number])[]): Uint8Array {
  const bytes = new Uint8Array(SECTOR)
  const view = new DataView(bytes.buffer)
  for (const [offset, width, value] of numbers) {
    if (width === 1) view.setUint8(offset, value)
    else if (width === 2) view.setUint16(offset, value, true)
    else view.setUint32(offset, value, true)
  }
  return bytes
}

/** A UDF descriptor in a sector: its tag (ECMA-167 3/7.2), and numbers behind it. */
export function udfDescriptor(
  tag: number,
  location: number,
  ...numbers: readonly (readonly [number, 1 | 2 | 4 | 8, number])[]
): Uint8Array {
  const bytes = fields([0, 2, tag], [2, 2, 2], [12, 4, location], ...numbers)
  let sum = 0
  for (let index = 0; index < 16; index += 1) if (index !== 4) sum += bytes[index]!
  bytes[4] = sum & 0xff
  return bytes
}

/** An allocation descriptor: short, or with the partition's number behind it long (ECMA-167 4/14.14.1, 4/14.14.2). */
export interface Allocation {
  readonly length: number
  readonly block: number
  /** 0 recorded, 3 more descriptors. */
  readonly type?: number
}

/** A file entry, or with tag 266 an extended one, whose allocation descriptors are short or long. */
export function udfFile(
  location: number,
  type: number,
  parts: readonly Allocation[],
  { tag = 261, long = false }: { readonly tag?: 261 | 266; readonly long?: boolean } = {},
): Uint8Array {
  const head = tag === 261 ? 176 : 216
  const width = long ? 16 : 8
  const bytes = udfDescriptor(tag, location, [27, 1, type], [34, 1, long ? 1 : 0], [head - 4, 4, parts.length * width])
  putAllocations(bytes, head, parts, width)
  return bytes
}

export function putAllocations(bytes: Uint8Array, at: number, parts: readonly Allocation[], width: number): void {
  const view = new DataView(bytes.buffer)
  for (const [index, { length, block, type = 0 }] of parts.entries()) {
    view.setUint32(at + index * width, length + type * 2 ** 30, true)
    view.setUint32(at + index * width + 4, block, true)
  }
}

/** File identifier descriptors (ECMA-167 4/14.4): names, and the blocks of their file entries. */
export function udfDirectory(names: readonly (readonly [string, number])[]): Uint8Array {
  const parts = names.map(([name, block]) => {
    const bytes = udfDescriptor(257, 0, [18, 1, name === '' ? 8 : 0], [19, 1, name.length], [24, 4, block])
    bytes.set(latin1(name), 38)
    return bytes.subarray(0, Math.ceil((38 + name.length) / 4) * 4)
  })
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** Where the partition of `udfParts` begins, and where contents lie in it. */
export const UDF_PARTITION = 100
export const UDF_CONTENT = 120

/**
 * A UDF bridge in an image of `sectors` sectors: the recognition sequence behind the volume descriptor at 17, an anchor
 * in the last sector, and a tree with all that is followed.
 */
export function udfParts(sectors: number): Record<number, Uint8Array> {
  const recognised = (word: string): Uint8Array => {
    const bytes = new Uint8Array(SECTOR)
    bytes.set(latin1(`\0${word}\x01`))
    return bytes
  }
  const P = UDF_PARTITION
  const inside = fields([0, 1, 0])
  const root = udfDirectory([
    ['', 1],
    ['short', 3],
    ['chain', 4],
    ['long', 6],
    ['folder', 7],
    ['again', 3],
  ])
  const embedded = udfDirectory([['inner', 8]])
  const folder = udfDescriptor(261, 7, [27, 1, 4], [34, 1, 3], [172, 4, embedded.length])
  folder.set(embedded, 176)
  const more = udfDescriptor(258, 5, [20, 4, 8])
  putAllocations(more, 24, [{ length: 100, block: UDF_CONTENT - P + 2 }], 8)
  return {
    18: recognised('BEA01'),
    19: recognised('NSR02'),
    20: recognised('TEA01'),
    [sectors - 1]: udfDescriptor(2, sectors - 1, [16, 4, 5 * SECTOR], [20, 4, 90], [24, 4, 5 * SECTOR], [28, 4, 90]),
    90: udfDescriptor(1, 90),
    // The space bitmap's extent, and where the partition begins.
    91: udfDescriptor(5, 91, [64, 4, 64], [68, 4, 9], [188, 4, P], [192, 4, 40]),
    92: udfDescriptor(
      6,
      92,
      [212, 4, SECTOR],
      [248, 4, SECTOR],
      [252, 4, 0],
      [264, 4, 6],
      [268, 4, 1],
      [440, 1, 1],
      [441, 1, 6],
    ),
    93: udfDescriptor(8, 93),
    [P]: udfDescriptor(256, 0, [400, 4, SECTOR], [404, 4, 1]),
    [P + 1]: udfFile(1, 4, [{ length: root.length, block: 2 }]),
    [P + 2]: root,
    [P + 3]: udfFile(3, 5, [{ length: 3000, block: UDF_CONTENT - P }]),
    [P + 4]: udfFile(4, 5, [{ length: SECTOR, block: 5, type: 3 }]),
    [P + 5]: more,
    [P + 6]: udfFile(6, 5, [{ length: 50, block: UDF_CONTENT - P + 3 }], { tag: 266, long: true }),
    [P + 7]: folder,
    [P + 8]: udfFile(8, 5, [{ length: 9, block: UDF_CONTENT - P + 4 }]),
    [P + 9]: udfDescriptor(264, 9),
    [UDF_CONTENT]: inside,
  }
}

/** Numbers as HFS has them, big-endian. */
function big(bytes: Uint8Array, ...numbers: readonly (readonly [number, 1 | 2 | 4, number])[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const [offset, width, value] of numbers) {
    if (width === 1) view.setUint8(offset, value)
    else if (width === 2) view.setUint16(offset, value)
    else view.setUint32(offset, value)
  }
}

/** A node of a catalog with one record behind a key (TN1150, B-Trees). */
function leaf(size: number, keyLength: number, record: Uint8Array): Uint8Array {
  const node = new Uint8Array(size)
  node[8] = 0xff
  big(node, [10, 2, 1], [size - 2, 2, 14], [size - 4, 2, 14 + keyLength + record.length])
  node.set(record, 14 + keyLength)
  return node
}

/** An HFS+ volume of 60 blocks of a sector, at the start of what is returned; `file` is where its one file's block is. */
export function hfsPlusVolume(file: number): Uint8Array {
  const bytes = new Uint8Array(60 * SECTOR)
  const header = bytes.subarray(1024, 1536)
  header.set(latin1('H+'))
  big(header, [2, 2, 4], [40, 4, SECTOR], [44, 4, 60])
  for (const [index, [start, blocks]] of [
    [2, 1],
    [3, 1],
    [4, 2],
    [0, 0],
    [0, 0],
  ].entries()) {
    const fork = 112 + index * 80
    big(header, [fork + 4, 4, blocks! * SECTOR], [fork + 16, 4, start!], [fork + 20, 4, blocks!])
  }
  bytes.set(header, 60 * SECTOR - 1024)
  // The header node of the catalog, whose nodes have a sector.
  big(bytes.subarray(4 * SECTOR), [8, 1, 1], [32, 2, SECTOR])
  const record = new Uint8Array(248)
  big(record, [0, 2, 2], [92, 4, 700], [104, 4, file], [108, 4, 1])
  const node = leaf(SECTOR, 8, record)
  big(node, [14, 2, 6])
  bytes.set(node, 5 * SECTOR)
  return bytes
}

/** An HFS volume of 40 allocation blocks of a sector behind its first 2 sectors; `file` is its one file's block. */
export function hfsVolume(file: number): Uint8Array {
  const bytes = new Uint8Array(43 * SECTOR)
  const block = bytes.subarray(1024, 1536)
  block.set(latin1('BD'))
  big(block, [14, 2, 3], [18, 2, 40], [20, 4, SECTOR], [28, 2, 8])
  big(block, [130, 4, 512], [134, 2, 1], [136, 2, 1], [146, 4, SECTOR], [150, 2, 2], [152, 2, 1])
  bytes.set(block, 42 * SECTOR)
  const record = new Uint8Array(102)
  big(record, [0, 1, 2], [26, 4, 5], [74, 2, file], [76, 2, 1])
  const node = leaf(512, 8, record)
  node[14] = 7
  bytes.set(node, 4 * SECTOR + 512)
  return bytes
}
