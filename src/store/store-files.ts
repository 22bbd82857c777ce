import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { EntryType } from '../../parsers/image.ts'
import { entriesOf, type StoreObject } from './store-objects.ts'

/** An entry of a store path: what a NAR has of it, but for the content. */
export interface StoreFile {
  /** Path inside the store path; '' for the store path itself. */
  readonly path: ByteString
  readonly type: EntryType
  /** Content bytes of a regular file, else 0. */
  readonly size: number
  /** Of a regular file: whether its owner may execute it, which is all that a NAR has of the mode. */
  readonly executable: boolean
  /** Of a symlink. */
  readonly target?: ByteString
}

/** The entries of a store path in the order of a NAR. */
export function storeFiles(object: StoreObject): StoreFile[] {
  return Array.from(entriesOf(object), ({ entry: { type, size, mode, target }, path }) => ({
    path,
    type,
    size: type === 'file' ? size : 0,
    executable: type === 'file' && (mode & 0o100) !== 0,
    ...(target === undefined ? {} : { target }),
  }))
}
