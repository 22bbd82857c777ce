import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { StoreFile } from './store-files.ts'

/** A hash where a store path is named: in a link's target, or in a file's name. */
const HASH = /[0-9a-df-np-sv-z]{32}(?=-)/g

/**
 * What is known of the content of a store path without reading it, but for the hashes of store paths: names, types,
 * sizes, what is executable, and where links lead. Two builds of which only the hashes differ have the same; so have two
 * whose files differ, and have the same sizes.
 */
export function contentSignature(files: readonly StoreFile[]): string {
  return files
    .map(({ path, type, size, executable, target = '' }) =>
      [withoutHashes(path), type, size, executable ? 'x' : '', withoutHashes(target)].join('\0'),
    )
    .join('\n')
}

/** Whether two store paths have the same of all that, and the same hashes in names and links. */
export function isSameWithHashes(before: readonly StoreFile[], after: readonly StoreFile[]): boolean {
  if (before.length !== after.length) return false
  for (let index = 0; index < before.length; index += 1) {
    const [old, now] = [before[index]!, after[index]!]
    if (
      old.path !== now.path ||
      old.type !== now.type ||
      old.size !== now.size ||
      old.executable !== now.executable ||
      old.target !== now.target
    ) {
      return false
    }
  }
  return true
}

/** A name or target without the hashes of store paths in it. */
export function withoutHashes(text: ByteString): ByteString {
  return text.replace(HASH, '')
}
