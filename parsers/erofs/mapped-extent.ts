import type { ByteSource } from '../bytes/source.ts'
import type { Algorithm } from './features.ts'

/**
 * How the stored bytes of an extent become content. `plain`: they are the content, in order. `interlaced`: they are one
 * block of content, rotated so that each byte has the place in the block that it has in the file. `fragment`: the
 * content lies in the packed inode.
 */
export type Encoding = 'hole' | 'plain' | 'interlaced' | 'fragment' | Algorithm

/** Where a part of a file's content lies (kernel: struct erofs_map_blocks). All numbers are bytes. */
export interface MappedExtent {
  /** Offset in the content. */
  readonly at: number
  /** Bytes of content. */
  readonly length: number
  readonly encoding: Encoding
  /** Offset in `source`, or on the device; for a fragment, in the content of the packed inode; for a hole, 0. */
  readonly offset: number
  /** Stored bytes, with the padding that belongs to them. For a hole or a fragment, 0. */
  readonly storedLength: number
  /** The number of the device, if it is another file than this one; otherwise 0. */
  readonly device: number
  /** The stored bytes may decompress to more than `length` bytes, because another file has more of them. */
  readonly isPartial: boolean
  /** Where the stored bytes lie, if that is metadata: the data is inline. */
  readonly inlineIn?: ByteSource
}

/** An extent without stored bytes, which reads as zeros. */
export function holeExtent(at: number, length: number): MappedExtent {
  return { at, length, encoding: 'hole', offset: 0, storedLength: 0, device: 0, isPartial: false }
}
