import { crc32 } from 'node:zlib'

/** Filter Flags: ID, size, properties. */
export const LZMA2_FLAGS = [0x21, 1, 22]

export interface BlockParts {
  /** Filter Flags one behind the other, LZMA2 last. */
  readonly filters?: readonly (readonly number[])[]
  /** LZMA2 chunks. */
  readonly data: Uint8Array
  readonly uncompressedSize: number
  readonly check?: Uint8Array
  /** Block Flags besides the number of filters. */
  readonly flags?: number
  /** Sizes as they are stored between Block Flags and Filter Flags. */
  readonly sizes?: readonly number[]
  /** Instead of zeros behind the Filter Flags. */
  readonly headerPadding?: readonly number[]
  /** Instead of zeros. */
  readonly blockPadding?: number
}

/** An .xz stream put together from its parts as the specification says, also from parts that are wrong. */
export function xzStream(blocks: readonly BlockParts[], checkByte = 0, index = indexOf(blocks)): Uint8Array {
  const flags = Uint8Array.of(0, checkByte)
  const header = Buffer.concat([Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), flags, littleEndian(crc32(flags))])
  return Buffer.concat([header, ...blocks.map(block), index, xzFooter(index.length, checkByte)])
}

export function xzFooter(indexSize: number, checkByte = 0): Uint8Array {
  const backward = Buffer.concat([littleEndian(indexSize / 4 - 1), Uint8Array.of(0, checkByte)])
  return Buffer.concat([littleEndian(crc32(backward)), backward, Buffer.from('YZ')])
}

/** @param records pairs of Unpadded Size and Uncompressed Size */
export function xzIndex(records: readonly number[], count = records.length / 2): Uint8Array {
  return withCrc32(padded([0, ...variableInteger(count), ...records.flatMap(variableInteger)]))
}

export function blockHeader(parts: BlockParts): Uint8Array {
  const filters = parts.filters ?? [LZMA2_FLAGS]
  const flags = (parts.flags ?? 0) | (filters.length - 1)
  const header = padded([0, flags, ...(parts.sizes ?? []), ...filters.flat(), ...(parts.headerPadding ?? [])])
  header[0] = header.length / 4
  return withCrc32(header)
}

/** Uncompressed chunks. */
export function storedChunks(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += 65_536) {
    const chunk = bytes.subarray(start, start + 65_536)
    parts.push(Uint8Array.of(start === 0 ? 1 : 2, (chunk.length - 1) >> 8, (chunk.length - 1) & 255), chunk)
  }
  return Buffer.concat([...parts, Uint8Array.of(0)])
}

/** A stream that stores `bytes`, to be read through these filters. */
export function storedThrough(filters: readonly (readonly number[])[], bytes: Uint8Array): Uint8Array {
  const data = storedChunks(bytes)
  return xzStream([{ filters: [...filters, LZMA2_FLAGS], data, uncompressedSize: bytes.length }])
}

export function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function indexOf(blocks: readonly BlockParts[]): Uint8Array {
  return xzIndex(
    blocks.flatMap((parts) => [
      blockHeader(parts).length + parts.data.length + (parts.check?.length ?? 0),
      parts.uncompressedSize,
    ]),
  )
}

function block(parts: BlockParts): Uint8Array {
  const header = blockHeader(parts)
  const padding = new Uint8Array(-parts.data.length & 3).fill(parts.blockPadding ?? 0)
  return Buffer.concat([header, parts.data, padding, parts.check ?? new Uint8Array(0)])
}

export function variableInteger(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...variableInteger(Math.floor(value / 128))]
}

function padded(bytes: readonly number[]): Uint8Array {
  return Buffer.concat([Uint8Array.from(bytes), new Uint8Array(-bytes.length & 3)])
}

function withCrc32(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, littleEndian(crc32(bytes))])
}
