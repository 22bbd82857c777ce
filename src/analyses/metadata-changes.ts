import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import type { Metadata, Xattr } from '../inventory/metadata.ts'
import type { HardLinkChange, HardLinks } from './hard-links.ts'

/** One difference between the old and the new metadata of an entry. */
export type MetadataChange =
  | { readonly kind: 'mode'; readonly before: number; readonly after: number }
  | { readonly kind: 'owner'; readonly before: UnixOwner; readonly after: UnixOwner }
  | { readonly kind: 'time'; readonly before: number; readonly after: number }
  | {
      readonly kind: 'xattr'
      readonly name: ByteString
      /** Values in bytes; absent if the side has no such attribute. */
      readonly before?: ByteString
      readonly after?: ByteString
    }
  | HardLinkChange
  | { readonly kind: 'device'; readonly before: Device; readonly after: Device }

export interface UnixOwner {
  readonly uid: number
  readonly gid: number
}

export interface Device {
  readonly major: number
  readonly minor: number
}

export const METADATA_KINDS = [
  'mode',
  'owner',
  'time',
  'xattr',
  'hardLink',
  'device',
] as const satisfies readonly MetadataChange['kind'][]

/**
 * Compares the metadata of two entries of the same type. It returns nothing for different types or unknown metadata.
 * @param owner key of the new entry's owner; undefined for an entry without one
 */
export function metadataChanges(
  old: FileFacts,
  now: FileFacts,
  owner: ByteString | undefined,
  links: () => HardLinks,
): readonly MetadataChange[] {
  const [before, after] = [old.metadata, now.metadata]
  if (before === undefined || after === undefined || old.type !== now.type) return NONE
  const changes: MetadataChange[] = []
  if (before.mode !== after.mode) changes.push({ kind: 'mode', before: before.mode, after: after.mode })
  if (before.uid !== after.uid || before.gid !== after.gid) {
    changes.push({ kind: 'owner', before: ownerOf(before), after: ownerOf(after) })
  }
  const [one, other] = [before.device, after.device]
  if (one !== undefined && other !== undefined && (one.major !== other.major || one.minor !== other.minor)) {
    changes.push({ kind: 'device', before: one, after: other })
  }
  if (before.xattrs !== undefined || after.xattrs !== undefined) {
    changes.push(...xattrChanges(before.xattrs ?? [], after.xattrs ?? []))
  }
  if (before.link !== undefined || after.link !== undefined) {
    const change = links().change(old, now, owner)
    if (change !== undefined) changes.push(change)
  }
  if (before.mtime !== after.mtime) changes.push({ kind: 'time', before: before.mtime, after: after.mtime })
  return changes.length === 0 ? NONE : changes
}

const NONE: readonly MetadataChange[] = []

function ownerOf({ uid, gid }: Metadata): UnixOwner {
  return { uid, gid }
}

/** In a damaged image, a list may repeat a name. We then compare the first with the first, and so on. */
function xattrChanges(before: readonly Xattr[], after: readonly Xattr[]): MetadataChange[] {
  const left = new Map<ByteString, ByteString[]>()
  for (const { name, value } of before) {
    const known = left.get(name)
    if (known === undefined) left.set(name, [value])
    else known.push(value)
  }
  const changes: MetadataChange[] = []
  for (const { name, value } of after) {
    const old = left.get(name)?.shift()
    if (old === value) continue
    changes.push({ kind: 'xattr', name, ...(old === undefined ? {} : { before: old }), after: value })
  }
  for (const [name, values] of left) for (const value of values) changes.push({ kind: 'xattr', name, before: value })
  return changes
}
