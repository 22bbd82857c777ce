import { hex } from '../../../parsers/bytes/errors.ts'
import type { Report } from '../../analyses/report.ts'
import { type Account, type FilePlace, isBesideTree } from '../../inventory/attribution.ts'
import { formatCount } from '../units.ts'
import { printable, shortenMiddle } from './printable.ts'
import type { TextStyle } from './style.ts'

/**
 * Where gaps, overlaps and parts beside the tree lie in the file, a line for each: "gap at 0x8800, 12,345 bytes".
 * Empty if there are none.
 */
export function leftovers({ accounts }: Report, { width }: TextStyle): string {
  const lines = accounts.flatMap((account) => {
    const what = wordFor(account)
    if (what === undefined || account.places === undefined) return []
    const { places, morePlaces = 0 } = account
    const lines = places.map((place) => `  ${what} at ${placeText(place, account)}`)
    if (morePlaces === 0) return lines
    const left = account.own - places.reduce((sum, { length }) => sum + length, 0)
    return [...lines, `  ${what} at ${formatCount(morePlaces)} more places, ${formatCount(left)} bytes`]
  })
  return lines.length === 0 ? '' : `Places in the file\n${lines.map((line) => shortenMiddle(line, width)).join('\n')}`
}

function wordFor(account: Account): string | undefined {
  if (isBesideTree(account)) return printable(account.name)
  if (account.kind === 'overlap') return `overlap (${printable(account.name)})`
  if (account.kind !== 'gap') return undefined
  return account.name === 'unclaimed bytes' ? 'gap' : printable(account.name)
}

function placeText({ offset, length, innerOffset }: FilePlace, { region }: Account): string {
  const inside = innerOffset === undefined ? '' : ` (${hex(innerOffset)} of ${imageName(region)})`
  return `${hex(offset)}, ${formatCount(length)} ${length === 1 ? 'byte' : 'bytes'}${inside}`
}

/** "nix-store.squashfs"; "the image" for an image that begins at an offset in its file. */
function imageName(region: string): string {
  return region.startsWith('/') && region.length > 1 ? printable(region.slice(1)) : 'the image'
}
