import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { withoutHashes } from '../store/content-signature.ts'
import type { StoreFile } from '../store/store-files.ts'

/** A file that is not the same in two versions of a store path. */
export interface FileDiffRow {
  readonly class: 'new' | 'gone' | 'changed'
  readonly path: ByteString
  /** Content bytes on each side; 0 of what is no regular file, or not there. */
  readonly before: number
  readonly after: number
  /** What is different beside the size. */
  readonly what: 'content' | 'type' | 'mode' | 'target' | undefined
}

/**
 * Compares the entries of two store paths. Hashes of store paths in names and links' targets count as equal.
 * @param isSameContent tells of two regular files of one size whether their contents are equal; undefined where contents
 * are not to be had, and such files count as equal
 */
export function diffFiles(
  before: readonly StoreFile[],
  after: readonly StoreFile[],
  isSameContent: ((before: StoreFile, after: StoreFile) => boolean) | undefined,
): FileDiffRow[] {
  const left = new Map(before.map((file) => [withoutHashes(file.path), file]))
  const rows: FileDiffRow[] = []
  for (const file of after) {
    const key = withoutHashes(file.path)
    const old = left.get(key)
    left.delete(key)
    const { path, size } = file
    if (old === undefined) {
      if (file.type !== 'directory') rows.push({ class: 'new', path, before: 0, after: size, what: undefined })
      continue
    }
    const what = difference(old, file, isSameContent)
    if (what !== undefined) {
      const reason = what === 'size' ? undefined : what
      rows.push({ class: 'changed', path, before: old.size, after: size, what: reason })
    }
  }
  for (const { path, type, size } of left.values()) {
    if (type !== 'directory') rows.push({ class: 'gone', path, before: size, after: 0, what: undefined })
  }
  const weight = (row: FileDiffRow): number => Math.abs(row.after - row.before)
  return rows.sort((a, b) => weight(b) - weight(a) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

function difference(
  old: StoreFile,
  now: StoreFile,
  isSameContent: ((before: StoreFile, after: StoreFile) => boolean) | undefined,
): FileDiffRow['what'] | 'size' {
  if (old.type !== now.type) return 'type'
  if (old.size !== now.size) return 'size'
  if (old.executable !== now.executable) return 'mode'
  if (withoutHashes(old.target ?? '') !== withoutHashes(now.target ?? '')) return 'target'
  return now.type === 'file' && isSameContent?.(old, now) === false ? 'content' : undefined
}
