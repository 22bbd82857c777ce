import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { StoreFile } from '../inventory/store-files.ts'
import type { FilePairs } from './pair-files.ts'

/** An entry outside store paths that is not the same in both images. */
export interface OutsideChange {
  readonly class: 'new' | 'gone' | 'changed'
  /** Path in the image. */
  readonly path: ByteString
  /** Content bytes on each side; 0 of what is no regular file, or not there. */
  readonly before: number
  readonly after: number
  /** Of one that is in both. */
  readonly what?: 'size' | 'content' | 'type' | 'target'
}

/** What changed outside store paths. */
export interface OutsideDiff {
  /** Regular files that are in both images and have the same size, empty ones left out. */
  readonly files: number
  /** Of these, how many were compared by content, and how many were not. */
  readonly comparedBy: { readonly content: number; readonly namesAndSizes: number }
  readonly changes: readonly OutsideChange[]
}

/** Whether the contents of two files are to be compared: they are of one size, and no image that is looked into. */
export function isComparable(old: StoreFile, now: StoreFile): boolean {
  return (
    old.type === 'file' &&
    now.type === 'file' &&
    old.size === now.size &&
    old.size > 0 &&
    old.holdsImage !== true &&
    now.holdsImage !== true
  )
}

/**
 * Compares the entries outside store paths.
 * @param isSameContent of files by their new path, as far as contents were compared
 */
export function diffOutside(
  { both, gone, new: added }: FilePairs,
  isSameContent: (now: StoreFile) => boolean | undefined,
): OutsideDiff {
  const changes: OutsideChange[] = []
  const comparedBy = { content: 0, namesAndSizes: 0 }
  for (const [old, now] of both) {
    const what = structuralChange(old, now)
    const same = what === undefined && isComparable(old, now) ? isSameContent(now) : undefined
    if (what === undefined && isComparable(old, now)) comparedBy[same === undefined ? 'namesAndSizes' : 'content'] += 1
    if (what === undefined && same !== false) continue
    changes.push({ class: 'changed', path: now.path, before: old.size, after: now.size, what: what ?? 'content' })
  }
  for (const { path, size } of gone) changes.push({ class: 'gone', path, before: size, after: 0 })
  for (const { path, size } of added) changes.push({ class: 'new', path, before: 0, after: size })
  return { files: comparedBy.content + comparedBy.namesAndSizes, comparedBy, changes }
}

/** What names, types, sizes and links tell. */
function structuralChange(old: StoreFile, now: StoreFile): OutsideChange['what'] {
  if (old.type !== now.type || old.holdsImage !== now.holdsImage) return 'type'
  if (old.target !== now.target) return 'target'
  return old.size !== now.size && old.holdsImage !== true ? 'size' : undefined
}
