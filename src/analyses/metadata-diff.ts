import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import { HardLinks, type LinkedSide } from './hard-links.ts'
import { METADATA_KINDS, type MetadataChange, metadataChanges } from './metadata-changes.ts'
import type { FilePairs } from './pair-files.ts'
import { type PrivilegeChange, privilegeChange } from './privileges.ts'

/** An entry whose metadata changed. */
export interface EntryChange {
  /** Key of its owner in the new image; absent for an entry without one. */
  readonly owner?: ByteString
  /** Path inside the owner, or in the image. */
  readonly path: ByteString
  readonly changes: readonly MetadataChange[]
}

export interface MetadataSum {
  readonly kind: MetadataChange['kind']
  readonly entries: number
  /** The first of these entries, with its changes. */
  readonly first: EntryChange
  /** The change, if it is the same for all entries. */
  readonly all?: MetadataChange
}

/** How many entries have changes of each kind. */
export type MetadataCounts = Partial<Record<MetadataChange['kind'], number>>

/** The changes of metadata, for entries that are in both images. */
export interface MetadataDiff {
  /** How many entries we compared. */
  readonly entries: number
  readonly sums: readonly MetadataSum[]
  /** The changed entries, without those that changed only in time: a new build may change the time of all. */
  readonly changes: readonly EntryChange[]
  /** Changes of privileges, also for entries that are new or gone. */
  readonly privileges: readonly PrivilegeChange[]
}

interface Draft {
  entries: number
  readonly first: EntryChange
  all: MetadataChange | undefined
}

/** Compares metadata entry by entry, and sums up the changes. */
export class MetadataComparison {
  readonly #before: LinkedSide
  readonly #after: LinkedSide
  readonly #sums = new Map<MetadataChange['kind'], Draft>()
  readonly #changes: EntryChange[] = []
  readonly #privileges: PrivilegeChange[] = []
  #links: HardLinks | undefined
  #entries = 0

  constructor(before: LinkedSide, after: LinkedSide) {
    this.#before = before
    this.#after = after
  }

  /**
   * Compares the entries of one owner, or all entries without an owner.
   * @param owners keys of the owner on each side; undefined if that side lacks it, or if there is no owner
   * @returns how many entries changed
   */
  compare(
    { both, gone, new: added }: FilePairs,
    owners: { readonly old: ByteString | undefined; readonly new: ByteString | undefined },
  ): MetadataCounts {
    const counts: MetadataCounts = {}
    const links = (): HardLinks => {
      this.#links ??= new HardLinks(this.#before, this.#after)
      return this.#links
    }
    for (const [old, now] of both) {
      this.#entries += 1
      this.#addPrivileges(privilegeChange(old, now, owners.new))
      const changes = metadataChanges(old, now, owners.new, links)
      if (changes.length > 0) this.#add(entryChange(owners.new, now, changes), counts)
    }
    for (const old of gone) this.#addPrivileges(privilegeChange(old, undefined, owners.old))
    for (const now of added) this.#addPrivileges(privilegeChange(undefined, now, owners.new))
    return counts
  }

  get result(): MetadataDiff {
    return {
      entries: this.#entries,
      sums: METADATA_KINDS.flatMap((kind) => {
        const draft = this.#sums.get(kind)
        if (draft === undefined) return []
        const { entries, first, all } = draft
        return [{ kind, entries, first, ...(all === undefined ? {} : { all }) }]
      }),
      changes: this.#changes,
      privileges: this.#privileges,
    }
  }

  #addPrivileges(change: PrivilegeChange | undefined): void {
    if (change !== undefined) this.#privileges.push(change)
  }

  #add(entry: EntryChange, counts: MetadataCounts): void {
    const { changes } = entry
    if (changes.length > 1 || changes[0]!.kind !== 'time') this.#changes.push(entry)
    const kinds = new Set<MetadataChange['kind']>()
    for (const change of changes) {
      const { kind } = change
      const draft = this.#sums.get(kind)
      if (draft === undefined) this.#sums.set(kind, { entries: 1, first: entry, all: change })
      else {
        if (!kinds.has(kind)) draft.entries += 1
        if (draft.all !== undefined && !isSameChange(draft.all, change)) draft.all = undefined
      }
      if (!kinds.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1
      kinds.add(kind)
    }
  }
}

function entryChange(
  owner: ByteString | undefined,
  { path }: FileFacts,
  changes: readonly MetadataChange[],
): EntryChange {
  return { ...(owner === undefined ? {} : { owner }), path, changes }
}

function isSameChange(one: MetadataChange, other: MetadataChange): boolean {
  if ((one.kind === 'mode' || one.kind === 'time') && one.kind === other.kind) {
    return one.before === other.before && one.after === other.after
  }
  return JSON.stringify(one) === JSON.stringify(other)
}
