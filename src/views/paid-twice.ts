import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import type { PaidTwice, PlaceOfCopy } from '../inventory/paid-twice.ts'
import { bytes, count, joined, type Line, type NameCell, name, plural, type Words } from './cell.ts'
import { imageName } from './file-names.ts'

export interface PaidTwiceContext {
  readonly accounts: readonly Account[]
  readonly nameOf: (key: ByteString) => NameCell
  /** How many copies to tell; 0 for all. */
  readonly top: number
  /** The option that shows all. */
  readonly allBy: string
}

/** A copy that has several places in one image has a line for each of so many places. */
const MAX_PLACES = 4

/**
 * A line for each owner or file that is in several images: "initrd: 14.1 MiB in boot, 14.0 MiB in nix-store.squashfs". If it
 * is at several places of one image, each place has a line of its own.
 */
export function paidTwiceLines(copies: readonly PaidTwice[], context: PaidTwiceContext): readonly Line[] {
  const { accounts, nameOf, top, allBy } = context
  const images = new Set(copies.flatMap(({ places }) => places.map(({ image }) => image)))
  const shown = top === 0 ? copies : copies.slice(0, top)
  const lines = shown.flatMap(({ owner, places }): Line[] => {
    const label = owner === undefined ? name(places[0]!.path.slice(1)) : nameOf(owner)
    const where = places.map((place) => placeName(place, images, accounts))
    if (new Set(where.map(({ short }) => short)).size < where.length) {
      const more = places.length - MAX_PLACES
      return [
        lineOf([label, ': in ', count(places.length), ' places']),
        ...places
          .slice(0, MAX_PLACES)
          .map((place) => lineOf([bytes(place.own), '  ', name(place.path.slice(1)), ...part(place)], 2)),
        ...(more > 0 ? [lineOf(['and ', ...plural(more, 'more place'), ' (--json has all)'], 2)] : []),
      ]
    }
    const sizes = places.map((place, index): Words => [bytes(place.own), ' in ', where[index]!, ...part(place)])
    return [lineOf([label, ': ', ...joined(sizes, ', ')])]
  })
  const hidden = copies.length - shown.length
  return hidden > 0 ? [...lines, lineOf(['and ', count(hidden), ` more (${allBy} has all)`])] : lines
}

function lineOf(words: Words, indent = 1): Line {
  return { phrases: [words], indent }
}

function part({ isPartial }: PlaceOfCopy): Words {
  return isPartial ? [' (part)'] : []
}

/**
 * Where a copy is: a directory at the top of a disc, or an image inside.
 * @param images those that hold copies
 */
export function placeName(
  { image, path }: Pick<PlaceOfCopy, 'image' | 'path'>,
  images: ReadonlySet<ByteString>,
  accounts: readonly Account[],
): NameCell {
  if (image === '/') return name(path.slice(1).replace(/\/.*$/s, ''))
  const base = baseOf(image)
  // The name of the file is enough if no other image has it.
  if ([...images].every((other) => other === image || baseOf(other) !== base)) return name(base)
  return imageName(image, accounts)
}

function baseOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
