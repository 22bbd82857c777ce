import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Entry, EntryType } from '../../parsers/image.ts'
import type { Metadata } from './metadata.ts'

/** An entry of an owner, with the facts that a NAR has except the content; or an entry without an owner. */
export interface FileFacts {
  /** Path inside the owner, '' for the owner itself; without an owner, the path in the image. */
  readonly path: ByteString
  readonly type: EntryType
  /** Content bytes of a regular file, else 0. */
  readonly size: number
  /** Whether the owner of a regular file may execute it. A NAR keeps nothing else of the mode. */
  readonly executable: boolean
  /** The target of a symlink. */
  readonly target?: ByteString
  /** Set for a regular file that is an image we look into: we compare its entries one by one. */
  readonly holdsImage?: true
  /** Absent in a report that was saved without it. */
  readonly metadata?: Metadata
}

/** The entries of owners, by key, each in the order of a NAR. */
export type OwnedFiles = ReadonlyMap<ByteString, readonly FileFacts[]>

/** The facts about an entry of a tree that a comparison needs. */
export function fileFacts(
  { type, size, mode, target }: Entry,
  path: ByteString,
  holdsImage: boolean,
  metadata: Metadata,
): FileFacts {
  const file: { -readonly [Key in keyof FileFacts]: FileFacts[Key] } = {
    path,
    type,
    size: type === 'file' ? size : 0,
    executable: type === 'file' && (mode & 0o100) !== 0,
    metadata,
  }
  // We assign fields, because a spread creates two more objects for each of a hundred thousand entries.
  if (target !== undefined) file.target = target
  if (holdsImage) file.holdsImage = true
  return file
}
