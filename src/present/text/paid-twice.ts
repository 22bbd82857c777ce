import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Account } from '../../inventory/attribution.ts'
import type { PaidTwice, PlaceOfCopy } from '../../inventory/paid-twice.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { insideLabel } from './account-labels.ts'
import { printable, shortenMiddle } from './printable.ts'
import type { TextStyle } from './style.ts'

export interface PaidTwiceOptions {
  readonly style: TextStyle
  readonly unit: Unit
  readonly accounts: readonly Account[]
  /** Makes a short name of an owner. */
  readonly labelOf: (key: ByteString) => string
  /** How many lines to write; 0 for all. */
  readonly top: number
  /** The option that shows all. */
  readonly allBy: string
}

/** Columns that a name gets however long the rest of its line is. */
const MIN_NAME = 16

/** A row that has several places in one image has a line for each of so many places. */
const MAX_PLACES = 4

/**
 * A line for each owner or file that is in several images: "initrd: 14.1 MiB in boot, 14.0 MiB in nix-store.squashfs". If it
 * is at several places of one image, each place has a line of its own.
 */
export function paidTwiceLines(copies: readonly PaidTwice[], options: PaidTwiceOptions): readonly string[] {
  const { style, unit, accounts, labelOf, top, allBy } = options
  const images = new Set(copies.flatMap(({ places }) => places.map(({ image }) => image)))
  const shown = top === 0 ? copies : copies.slice(0, top)
  const lines = shown.flatMap((copy) => {
    const { places } = copy
    const part = ({ isPartial }: PlaceOfCopy): string => (isPartial ? ' (part)' : '')
    const name = copy.owner === undefined ? printable(places[0]!.path.slice(1)) : labelOf(copy.owner)
    const labels = places.map((place) => placeLabel(place, images, accounts))
    if (new Set(labels).size < labels.length) {
      const more = places.length - MAX_PLACES
      const count = `: in ${formatCount(places.length)} places`
      return [
        `  ${shortenMiddle(name, style.width - count.length - 2)}${count}`,
        ...places.slice(0, MAX_PLACES).map((place) => {
          const size = `    ${formatBytes(place.own, unit)}  `
          return size + shortenMiddle(printable(place.path.slice(1)) + part(place), style.width - size.length)
        }),
        ...(more > 0 ? [`    and ${plural(more, 'more place')} (--json has all)`] : []),
      ]
    }
    const parts = places
      .map((place, index) => `${formatBytes(place.own, unit)} in ${labels[index]}${part(place)}`)
      .join(', ')
    const label = shortenMiddle(name, Math.max(MIN_NAME, style.width - parts.length - 4))
    return `  ${label}: ${shortenMiddle(parts, style.width - label.length - 4)}`
  })
  const hidden = copies.length - shown.length
  return hidden > 0 ? [...lines, `  and ${hidden} more (${allBy} has all)`] : lines
}

/**
 * Where a copy is: a directory at the top of a disc, or an image inside.
 * @param images those that hold copies
 */
export function placeLabel(
  { image, path }: Pick<PlaceOfCopy, 'image' | 'path'>,
  images: ReadonlySet<ByteString>,
  accounts: readonly Account[],
): string {
  if (image === '/') return printable(path.slice(1).replace(/\/.*$/s, ''))
  const name = baseOf(image)
  // The name of the file is enough if no other image has it.
  if ([...images].every((other) => other === image || baseOf(other) !== name)) return printable(name)
  return insideLabel(image, accounts)
}

function baseOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
