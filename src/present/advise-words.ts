import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Freed } from '../analyses/advise/freed.ts'
import type { Hint } from '../analyses/advise/hint.ts'
import { type Sureness, surenessOf } from '../analyses/advise/hint-table.ts'
import type { Advice, AdviceItem } from '../analyses/advise.ts'
import { printable } from './text/printable.ts'
import { formatBytes, formatCount, plural, type Unit } from './units.ts'

const SURENESS: Readonly<Record<Sureness, string>> = {
  built: 'built by the author of the article',
  reported: 'reported in a thread or a public configuration',
  read: "read in NixOS's modules; built by nobody we know of",
  derived: "derived from NixOS's modules; built by nobody we know of",
}

/** How surely we know an entry, in words: "read in NixOS's modules; built by nobody we know of". */
export function surenessText(hint: Hint): string {
  const experimental = hint.experimental ? 'experimental; ' : ''
  return experimental + SURENESS[surenessOf(hint)]
}

/** Bytes that a rebuild would bring: "≈ 351.1 KiB". */
export function estimateText(bytes: number, unit: Unit): string {
  return `≈ ${formatBytes(bytes, unit)}`
}

/** "nix-register-paths and 2 others": entries that must be followed too. */
export function idsText(ids: readonly string[]): string {
  return ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`
}

/** What goes, largest first: "boost-1.87.0 78.5 KiB, nix-2.31.2 36.1 KiB and 7 more paths". */
export function goneText(
  { nodes, parts }: Freed,
  { own }: Pick<Advice, 'own'>,
  nameOf: (node: number) => string,
  unit: Unit,
  most: number,
): string {
  const rows = [
    ...nodes.map((node) => ({ name: nameOf(node), bytes: own[node]! })),
    ...parts.map(({ name, bytes }) => ({ name: fileText(name), bytes })),
  ].sort((a, b) => b.bytes - a.bytes)
  const shown = rows.slice(0, most).map(({ name, bytes }) => `${name} ${formatBytes(bytes, unit)}`)
  const more = rows.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '')
}

/** Why an entry is not followed, and what it needs: "documentation-all does it", "≈ 17.3 MiB after nix-daemon". */
export function noteText({ withOthers, reason }: AdviceItem, unit: Unit): string {
  if (withOthers === undefined) return reason ?? ''
  const more = `${estimateText(withOthers.bytes, unit)} after ${idsText(withOthers.ids)}`
  return reason === undefined || reason.startsWith('it frees little') ? more : `${reason}; ${more}`
}

/** The path of a file, short and without hashes: "nix-manual-2.31.2/share/man", "boot/…/initrd-linux-6.18.2/initrd". */
export function fileText(path: ByteString): string {
  const [, above = '', name = ''] = /^(.*?)\/[0-9a-z]{32}-([^/].*)$/.exec(path) ?? []
  if (name === '') return printable(path)
  const [, first = ''] = above.split('/')
  return above === '/nix/store' ? printable(name) : `${printable(first)}/…/${printable(name)}`
}

/** "12 of 77 entries". */
export function countText(some: number, all: number): string {
  return `${formatCount(some)} of ${plural(all, 'entry', 'entries')}`
}
