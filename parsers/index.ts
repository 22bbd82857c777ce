export type { ByteString } from './bytes/byte-string.ts'
export { type ContentBudget, contentBudget } from './bytes/content-budget.ts'
export { type ErrorCode, FormatError, type FormatErrorFacts } from './bytes/errors.ts'
export {
  type Background,
  type ClaimKind,
  type Claims,
  ExtentMap,
  type SharedBlock,
} from './bytes/extents.ts'
export { DEFAULT_LIMITS, type LimitName, type Limits } from './bytes/limits.ts'
export { type OwnerSet, OwnerSets } from './bytes/owner-sets.ts'
export type { Pieces } from './bytes/piece-columns.ts'
export type { ReadProblems } from './bytes/problems.ts'
export { type ByteSource, bytesSource, type Origin, sliceSource } from './bytes/source.ts'
export { memorySpool, type Spool } from './bytes/spool.ts'
export { blockAt, type StreamBlocks } from './bytes/stream-blocks.ts'
export type { CodecName, Decompress, Decompressors, DecompressStream, StreamOptions } from './codecs/codec.ts'
export { type Compression, decompressStream, detectCompression } from './codecs/compression.ts'
export { portableDecoders } from './codecs/decoders.ts'
export { decompressGzip } from './codecs/gzip/gzip.ts'
export { decompressLz4Frame } from './codecs/lz4/frame.ts'
export { unpackedSource } from './codecs/unpacked-source.ts'
export type { UnpackContext } from './codecs/unpacking.ts'
export { detectFormat } from './detect/name-file.ts'
export { openDisk } from './disk/index.ts'
export { openErofs } from './erofs/index.ts'
export { type Ext4Image, openExt4 } from './ext4/index.ts'
export { openFat } from './fat/index.ts'
export type { Format } from './format.ts'
export { FORMATS, formatOf, type ImageOptions, openAnyImage } from './formats.ts'
export {
  type Entry,
  type EntryType,
  type FileTree,
  type HardLinks,
  hardLinksOf,
  type Image,
  indexChildren,
  pathOf,
  type StoredExtent,
  type StoredRun,
} from './image.ts'
export { type InitrdOptions, openInitrd } from './initrd/index.ts'
export { openIso9660 } from './iso9660/index.ts'
export { kernelConfig } from './pe/kernel-config.ts'
export { openSquashfs, type Xattr } from './squashfs/index.ts'
