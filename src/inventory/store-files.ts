import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Entry, EntryType } from '../../parsers/image.ts'
import type { Metadata } from './metadata.ts'

/** An entry of a store path: what a NAR has of it, but for the content; or an entry outside store paths. */
export interface StoreFile {
  /** Path inside the store path, '' for the store path itself; outside store paths the path in the image. */
  readonly path: ByteString
  readonly type: EntryType
  /** Content bytes of a regular file, else 0. */
  readonly size: number
  /** Of a regular file: whether its owner may execute it, which is all that a NAR has of the mode. */
  readonly executable: boolean
  /** Of a symlink. */
  readonly target?: ByteString
  /** Of a regular file that is an image, and is looked into: what is in it is told entry by entry. */
  readonly holdsImage?: true
  /** Absent of a report that was saved without it. */
  readonly metadata?: Metadata
}

/** The entries of store paths, by base name, each in the order of a NAR. */
export type StoreFiles = ReadonlyMap<ByteString, readonly StoreFile[]>

/** An entry of a tree, as far as a comparison asks. */
export function storeFile(
  { type, size, mode, target }: Entry,
  path: ByteString,
  holdsImage: boolean,
  metadata: Metadata,
): StoreFile {
  const file: { -readonly [Key in keyof StoreFile]: StoreFile[Key] } = {
    path,
    type,
    size: type === 'file' ? size : 0,
    executable: type === 'file' && (mode & 0o100) !== 0,
    metadata,
  }
  // By assignment: of each of a hundred thousand entries a spread makes two more objects.
  if (target !== undefined) file.target = target
  if (holdsImage) file.holdsImage = true
  return file
}
