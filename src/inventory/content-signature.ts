import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileFacts } from './file-facts.ts'

/** A hash in the name of a store path, in a link's target or a file's name. */
const HASH = /[0-9a-df-np-sv-z]{32}(?=-)/g

/**
 * What we know about the content of an owner without reading it: names, types, sizes, executable files, and link
 * targets, all without the hashes of store paths. Two builds that differ only in hashes have the same signature. So
 * have two builds whose files differ but have the same sizes.
 */
export function contentSignature(files: readonly FileFacts[]): string {
  return files
    .map(({ path, type, size, executable, target = '' }) =>
      [withoutHashes(path), type, size, executable ? 'x' : '', withoutHashes(target)].join('\0'),
    )
    .join('\n')
}

/** Whether two owners have equal entries, including the hashes in names and link targets. */
export function isSameWithHashes(before: readonly FileFacts[], after: readonly FileFacts[]): boolean {
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

/** A name or link target without the hashes of store paths. */
export function withoutHashes(text: ByteString): ByteString {
  return text.replace(HASH, '')
}
