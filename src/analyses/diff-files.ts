import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { withoutHashes } from '../inventory/content-signature.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import { HardLinks, type LinkedSide } from './hard-links.ts'
import { type MetadataChange, metadataChanges } from './metadata-changes.ts'
import { pairFiles } from './pair-files.ts'
import { type PrivilegeChange, privilegeChange } from './privileges.ts'

/** A file that differs between two versions of an owner. */
export interface FileDiffRow {
  readonly class: 'new' | 'gone' | 'changed'
  readonly path: ByteString
  /** Content bytes on each side; 0 if it is absent or not a regular file. */
  readonly before: number
  readonly after: number
  /** What differs besides the size; `mode` if only one side is executable for its owner. */
  readonly what: 'content' | 'type' | 'mode' | 'target' | undefined
  /** The changes of its metadata. */
  readonly metadata: readonly MetadataChange[]
  /** How the privileges that it gives changed, if they did. */
  readonly privileges?: PrivilegeChange
}

/** One version of an owner, with its image. */
export interface FileSide extends LinkedSide {
  /** Its key; undefined if this side does not have it. */
  readonly owner: ByteString | undefined
}

/**
 * Compares the entries of two owners. Between two builds, hashes of owners in names and link targets count as
 * equal; in the same owner they do not.
 * @param isSameContent whether the contents of two regular files of the same size are equal; undefined if unknown,
 * which counts as equal
 */
export function diffFiles(
  before: FileSide,
  after: FileSide,
  isSameContent: (before: FileFacts, after: FileFacts) => boolean | undefined,
): FileDiffRow[] {
  const { both, gone, new: added } = pairFiles(entriesIn(before), entriesIn(after))
  const hashes = before.owner === after.owner
  let made: HardLinks | undefined
  const links = (): HardLinks => {
    made ??= new HardLinks(before, after)
    return made
  }
  const rows: FileDiffRow[] = []
  for (const [old, now] of both) {
    const what = difference(old, now, hashes, isSameContent)
    const metadata = metadataChanges(old, now, after.owner, links)
    if (what === undefined && metadata.length === 0) continue
    rows.push({
      class: 'changed',
      path: now.path,
      before: old.size,
      after: now.size,
      what: what === 'size' ? undefined : what,
      metadata,
      ...privileges(old, now, after.owner),
    })
  }
  for (const now of added) {
    if (now.type === 'directory' && privilegeChange(undefined, now, after.owner) === undefined) continue
    const { path, size } = now
    const row = { class: 'new', path, before: 0, after: size, what: undefined, metadata: [] } as const
    rows.push({ ...row, ...privileges(undefined, now, after.owner) })
  }
  for (const old of gone) {
    if (old.type === 'directory' && privilegeChange(old, undefined, before.owner) === undefined) continue
    const { path, size } = old
    const row = { class: 'gone', path, before: size, after: 0, what: undefined, metadata: [] } as const
    rows.push({ ...row, ...privileges(old, undefined, before.owner) })
  }
  const weight = (row: FileDiffRow): number => Math.abs(row.after - row.before)
  return rows.sort((a, b) => weight(b) - weight(a) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** The entries of one of two versions of an owner. */
export function entriesIn({ owner, files }: FileSide): readonly FileFacts[] {
  return (owner === undefined ? undefined : files?.get(owner)) ?? []
}

function privileges(
  old: FileFacts | undefined,
  now: FileFacts | undefined,
  owner: ByteString | undefined,
): Pick<FileDiffRow, 'privileges'> {
  const change = privilegeChange(old, now, owner)
  return change === undefined ? {} : { privileges: change }
}

function difference(
  old: FileFacts,
  now: FileFacts,
  hashes: boolean,
  isSameContent: (before: FileFacts, after: FileFacts) => boolean | undefined,
): FileDiffRow['what'] | 'size' {
  const shown = hashes ? (text: ByteString) => text : withoutHashes
  if (old.type !== now.type) return 'type'
  if (old.size !== now.size) return 'size'
  if (shown(old.target ?? '') !== shown(now.target ?? '')) return 'target'
  if (now.type === 'file' && isSameContent(old, now) === false) return 'content'
  return old.executable !== now.executable ? 'mode' : undefined
}
