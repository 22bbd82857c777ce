import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Diff, DiffRow, NamedEdge } from '../analyses/diff.ts'
import type { FoldedRows } from '../analyses/fold-diff.ts'
import { namesLabel } from './text/names-label.ts'
import { printable } from './text/printable.ts'
import { formatBytes, formatCount, type Unit } from './units.ts'

/** What a row of a diff is of: "systemd 260.1 → 260.2". Not yet safe for Markdown. */
export function rowName(row: DiffRow, unit: Unit): string {
  const { class: what, kind, name, otherNames, before, after, oldVersions, newVersions, paths } = row
  if (kind === 'packing') return `[packing: ${plural(paths, 'path')} with the same content take other bytes]`
  if (kind === 'region') {
    return `${regionName(name)}   ${formatBytes(before, unit)} → ${formatBytes(after, unit)}`
  }
  if (kind === 'file') return namesLabel(name, otherNames)
  const versions = (some: readonly string[]): string => some.map(versionText).join(', ')
  const arrow =
    oldVersions.length > 0 && newVersions.length > 0 && versions(oldVersions) !== versions(newVersions)
      ? `${versions(oldVersions)} → ${versions(newVersions)}`
      : versions(newVersions.length > 0 ? newVersions : oldVersions)
  // Of a package that has other versions beside.
  const isOneSided = kind === 'package' && what === 'changed' && (oldVersions.length === 0 || newVersions.length === 0)
  const only = isOneSided ? (newVersions.length > 0 ? ' new' : ' gone') : ''
  return `${printable(name)}${arrow === '' ? '' : ` ${arrow}`}${only}`
}

function versionText(version: string): string {
  return version === '' ? '(no version)' : printable(version)
}

function regionName(name: ByteString): string {
  return printable(name.startsWith('/') && name.length > 1 ? name.slice(1) : name)
}

/** The reference that explains a row: "through: etc → perl". */
export function rowReason({ through, lost }: DiffRow): string {
  const edge = ({ from, to }: NamedEdge): string => `${printable(from.slice(33))} → ${printable(to.slice(33))}`
  if (through !== undefined) return `through: ${edge(through)}`
  return lost === undefined ? '' : `lost: ${edge(lost)}`
}

/** Rows that are summed up: "[12 small changes]". */
export function foldedName({ reason, rows }: FoldedRows): string {
  switch (reason) {
    case 'rebuilt':
      return `[${plural(rows, 'path')} rebuilt, with the same version]`
    case 'small':
      return `[${plural(rows, 'small change')}]`
    case 'more':
      return `[${plural(rows, 'more change')}]`
    case 'other':
      return `[${plural(rows, 'other row')}]`
  }
}

/** How many store paths there were and are. */
export function countsText({ counts, old, new: now }: Diff): string {
  const changes = [
    ...(counts.new === 0 ? [] : [`+${formatCount(counts.new)}`]),
    ...(counts.gone === 0 ? [] : [`−${formatCount(counts.gone)}`]),
  ]
  const sums = changes.length === 0 ? '' : ` (${changes.join(', ')})`
  return old.storePaths === now.storePaths && changes.length === 0
    ? plural(now.storePaths, 'store path')
    : `${formatCount(old.storePaths)} → ${plural(now.storePaths, 'store path')}${sums}`
}

/** What is said of all store paths: of those of which only the hash changed, and of names that end otherwise now. */
export function remarks({ counts: { moved }, endings }: Diff): readonly string[] {
  const has = moved === 1 ? 'has another hash' : 'have other hashes'
  return [
    ...(moved === 0 ? [] : [`${plural(moved, 'store path')} ${has}, and the same names, sizes and links inside`]),
    ...(endings === undefined
      ? []
      : [
          `names end in "${printable(endings.before || endings.after)}" in the ${endings.before === '' ? 'new' : 'old'} image only, and are compared without it`,
        ]),
  ]
}

/** What is said where there are no rows. */
export function nothingText({ identical }: Diff): string {
  if (identical === true) return 'Nothing changed.'
  const known = 'Nothing changed, as far as names, sizes and links tell'
  return identical === false ? `${known}; but the files are not the same.` : `${known}.`
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
