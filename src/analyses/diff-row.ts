import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { ContentName } from '../owners/owner.ts'
import type { NamedOption } from './advise/named-option.ts'
import type { ComparedContents } from './compare-contents.ts'
import type { CompressionChange } from './compression-changes.ts'
import type { MatchClass } from './match-owners.ts'
import type { MetadataCounts } from './metadata-diff.ts'
import type { NamedEdge } from './missing-reference.ts'
import type { NamesOfFile } from './names-of-files.ts'
import type { ComparedByCounts } from './settled-match.ts'

/** A part of the difference between two images. All rows together add up to it, to the byte. */
export interface DiffRow {
  /** `same` for the row of all equal paths that take other bytes; a region in both images has `changed`. */
  readonly class: MatchClass
  readonly kind: 'owner' | 'packing' | 'region' | 'directory' | 'file' | 'package'
  /** The name of an owner or package without version, or the path of a region, directory or file. */
  readonly name: ByteString
  /** The other paths, in both images, of a file that is hard-linked in one of them. */
  readonly otherNames?: readonly ByteString[]
  /** Own bytes on each side; 0 if it is absent. */
  readonly before: number
  readonly after: number
  readonly delta: number
  readonly unpackedDelta: number
  /** Keys of an owner. */
  readonly oldPath?: ByteString
  readonly newPath?: ByteString
  /** If another row has the same name and versions: the beginning of the owner's hash, which tells them apart. */
  readonly hash?: ByteString
  /** What an owner whose name says nothing is by its content. */
  readonly content?: ContentName
  /** The versions without a counterpart on the other side, in the order of their names. */
  readonly oldVersions: readonly string[]
  readonly newVersions: readonly string[]
  /** For a new path: the first reference on a shortest route to it that the old image lacks. */
  readonly through?: NamedEdge
  /** For a gone path: the first reference on a shortest route to it that the new image lacks. */
  readonly lost?: NamedEdge
  /** For a new path: the NixOS option that takes it out again. `withOptions` adds it. */
  readonly option?: NamedOption
  /** How many owners it stands for. */
  readonly paths: number
  /** For a packing row: how many of its paths we call equal by which comparison. */
  readonly comparedBy?: ComparedByCounts
  /** For a packing row: how the compression of the squashfs changed that holds the bytes of the row. */
  readonly compression?: CompressionChange
  /**
   * How many files have the same names and sizes but different contents. This is why the row is not `same` or `moved`.
   */
  readonly contentsDiffer?: number
  /** How many entries in both images changed, by kind of metadata. */
  readonly metadata?: MetadataCounts
  /** The rest of a region: its owners have rows of their own. */
  readonly isRest?: true
}

/** The bytes of a part of an image. */
export interface Sizes {
  readonly own: number
  readonly unpacked: number
}

const NOTHING: Sizes = { own: 0, unpacked: 0 }

export function sizesOf(sizes: ReadonlyMap<ByteString, Sizes>, key: ByteString | undefined): Sizes {
  return (key === undefined ? undefined : sizes.get(key)) ?? NOTHING
}

export function rowOf(
  rest: Pick<DiffRow, 'class' | 'kind' | 'name'> & Partial<DiffRow>,
  old: Sizes,
  now: Sizes,
): DiffRow {
  return {
    before: old.own,
    after: now.own,
    delta: now.own - old.own,
    unpackedDelta: now.unpacked - old.unpacked,
    oldVersions: [],
    newVersions: [],
    paths: 0,
    ...rest,
  }
}

export function sum(all: readonly Sizes[]): Sizes {
  return {
    own: all.reduce((total, { own }) => total + own, 0),
    unpacked: all.reduce((total, { unpacked }) => total + unpacked, 0),
  }
}

/** @param store regions with owners, which have rows of their own and are not in these sizes */
export function regionRows(
  old: ReadonlyMap<ByteString, Sizes>,
  now: ReadonlyMap<ByteString, Sizes>,
  store: ReadonlySet<ByteString> = new Set(),
): readonly DiffRow[] {
  return onEachSide(old, now, 'region').map((row) => (store.has(row.name) ? { ...row, isRest: true } : row))
}

export function fileRows(
  old: ReadonlyMap<ByteString, Sizes>,
  now: ReadonlyMap<ByteString, Sizes>,
  names: ReadonlyMap<ByteString, NamesOfFile>,
): readonly DiffRow[] {
  return onEachSide(old, now, 'file').map((row) => {
    const otherNames = names.get(row.name)?.otherNames
    return otherNames === undefined ? row : { ...row, otherNames }
  })
}

function onEachSide(
  old: ReadonlyMap<ByteString, Sizes>,
  now: ReadonlyMap<ByteString, Sizes>,
  kind: 'region' | 'file',
): readonly DiffRow[] {
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => {
    const present = !old.has(name) ? 'new' : !now.has(name) ? 'gone' : 'changed'
    const [before, after] = [sizesOf(old, name), sizesOf(now, name)]
    const isEqual = before.own === after.own && before.unpacked === after.unpacked
    return rowOf({ class: present === 'changed' && isEqual ? 'same' : present, kind, name }, before, after)
  })
}

/**
 * The rows that tell something, largest difference first. A part beside the tree that we read and found to differ changed,
 * whatever its size.
 */
export function orderedRows(rows: readonly DiffRow[], contents: ComparedContents | undefined): readonly DiffRow[] {
  return rows
    .map((row) =>
      row.kind === 'region' && contents?.parts.get(row.name) === false
        ? { ...row, class: 'changed' as const, contentsDiffer: 1 }
        : row,
    )
    .filter(({ class: kind, delta, unpackedDelta }) => delta !== 0 || unpackedDelta !== 0 || kind !== 'same')
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || compare(a.name, b.name) || compare(a.class, b.class))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
