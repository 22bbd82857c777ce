import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Freed } from '../analyses/advise/freed.ts'
import type { Hint } from '../analyses/advise/hint.ts'
import { type Sureness, surenessOf } from '../analyses/advise/hint-table.ts'
import type { Advice, AdviceItem } from '../analyses/advise.ts'
import { about, bytes, count, joined, type NameCell, name, type Words } from './cell.ts'

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

/** "nix-register-paths and 2 others": entries that must be followed too. */
export function idsText(ids: readonly string[]): string {
  return ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`
}

/** What goes, largest first: "boost-1.87.0 78.5 KiB, nix-2.31.2 36.1 KiB and 7 more". */
export function goneWords(
  { nodes, parts }: Freed,
  { own }: Pick<Advice, 'own'>,
  nameOf: (node: number) => NameCell,
  most: number,
): Words {
  const rows = [
    ...nodes.map((node) => ({ label: nameOf(node), freed: own[node]! })),
    ...parts.map((part) => ({ label: fileCell(part.name), freed: part.bytes })),
  ].sort((a, b) => b.freed - a.freed)
  return listed(
    rows.map(({ label, freed }): Words => [label, ' ', bytes(freed)]),
    most,
  )
}

/** The first of several, and how many more there are. */
export function listed(all: readonly Words[], most: number): Words {
  const more = all.length - most
  return [...joined(all.slice(0, most), ', '), ...(more > 0 ? [' and ', count(more), ' more'] : [])]
}

/** Why an entry is not followed, and what it needs: "documentation-all does it", "≈ 17.3 MiB after nix-daemon". */
export function noteWords({ withOthers, reason }: Pick<AdviceItem, 'withOthers' | 'reason'>): Words {
  if (withOthers === undefined) return reason === undefined ? [] : [reason]
  const more: Words = [about(withOthers.bytes), ` after ${idsText(withOthers.ids)}`]
  return reason === undefined || reason.startsWith('it frees little') ? more : [reason, '; ', ...more]
}

/** The path of a file, short and without hashes: "nix-manual-2.31.2/share/man", "boot/…/initrd-linux-6.18.2/initrd". */
export function fileCell(path: ByteString): NameCell {
  const [, above = '', its = ''] = /^(.*?)\/[0-9a-z]{32}-([^/].*)$/.exec(path) ?? []
  if (its === '') return name(path)
  const [, first = ''] = above.split('/')
  return name(above === '/nix/store' ? its : `${first}/${DOTS}/${its}`)
}

/** "…" in UTF-8. */
const DOTS: ByteString = '\xe2\x80\xa6'
