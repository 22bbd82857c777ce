import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import type { FilePairs } from './pair-files.ts'

/** An entry without an owner that differs between the two images. */
export interface OutsideChange {
  readonly class: 'new' | 'gone' | 'changed'
  /** Path in the image. */
  readonly path: ByteString
  /** Content bytes on each side; 0 if it is absent or not a regular file. */
  readonly before: number
  readonly after: number
  /** What differs, if both images have the entry. */
  readonly what?: 'size' | 'content' | 'type' | 'target'
}

/** What changed in entries without an owner. */
export interface OutsideDiff {
  /** Regular files with the same size in both images, without empty ones. */
  readonly files: number
  /** How many of these files we compared by content, and how many we did not. */
  readonly comparedBy: { readonly content: number; readonly namesAndSizes: number }
  readonly changes: readonly OutsideChange[]
}

/** Whether we compare the contents of two files: they have the same size, and we do not look into them as images. */
export function isComparable(old: FileFacts, now: FileFacts): boolean {
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
 * Compares the entries without an owner.
 * @param isSameContent whether a file's content is equal, by its new path; undefined if we did not compare it
 */
export function diffOutside(
  { both, gone, new: added }: FilePairs,
  isSameContent: (now: FileFacts) => boolean | undefined,
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

/** The difference in names, types, sizes and links. */
function structuralChange(old: FileFacts, now: FileFacts): OutsideChange['what'] {
  if (old.type !== now.type || old.holdsImage !== now.holdsImage) return 'type'
  if (old.target !== now.target) return 'target'
  return old.size !== now.size && old.holdsImage !== true ? 'size' : undefined
}
