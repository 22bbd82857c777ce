import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** What a file system says of an entry beside its name, type, size and content. */
export interface Metadata {
  /** Unix permission bits, 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Of a device: its numbers. */
  readonly device?: { readonly major: number; readonly minor: number }
  /** Extended attributes in the order of their names; entries with the same set have the same array. */
  readonly xattrs?: readonly Xattr[]
  /** Of an entry with several names: a number that they all have, and no other entry of the image. */
  readonly link?: number
}

/** An extended attribute, in bytes. */
export interface Xattr {
  readonly name: ByteString
  readonly value: ByteString
}
