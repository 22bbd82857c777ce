import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** What a file system says about an entry besides its name, type, size and content. */
export interface Metadata {
  /** Unix permission bits, 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** The numbers of a device. */
  readonly device?: { readonly major: number; readonly minor: number }
  /** Extended attributes in the order of their names; entries with the same set have the same array. */
  readonly xattrs?: readonly Xattr[]
  /** The same number for all names of one file, and for no other entry of the image. */
  readonly link?: number
}

/** An extended attribute, in bytes. */
export interface Xattr {
  readonly name: ByteString
  readonly value: ByteString
}
