export type { ByteString } from './bytes/byte-string.ts'
export { type ErrorCode, FormatError, type FormatErrorFacts } from './bytes/errors.ts'
export { type ByteSource, bytesSource, sliceSource } from './bytes/source.ts'
export type { CodecName, Decompress, Decompressors } from './codecs/codec.ts'
export { portableDecoders } from './codecs/portable.ts'
export { detectFormat } from './detect.ts'
export {
  type Entry,
  type EntryType,
  type FileTree,
  type Image,
  indexChildren,
  pathOf,
  type StoredRun,
} from './image.ts'
export { openIso9660 } from './iso9660/index.ts'
export { openSquashfs, type Xattr } from './squashfs/index.ts'
