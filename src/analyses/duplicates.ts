import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { PaidTwice } from '../inventory/paid-twice.ts'
import { wastedBytes } from '../inventory/paid-twice.ts'
import type { SameContent, SameContents } from '../inventory/same-contents.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { type DuplicatePackages, duplicatePackages } from './duplicate-packages.ts'
import { graphSizes } from './graph-sizes.ts'

/** What an image holds several times. */
export interface Duplicates extends DuplicatePackages {
  /** Owners and files in several images, most wasted bytes first; undefined if a saved report lacks them. */
  readonly paidTwice: readonly PaidTwice[] | undefined
  /** Files with the same content in several places, except those of `paidTwice`; undefined without contents. */
  readonly identical: readonly SameContent[] | undefined
  /** Contents in several forms, such as plain and compressed; undefined without contents. */
  readonly forms: readonly SameContent[] | undefined
  /** How the contents were compared; undefined without contents. */
  readonly compared: Pick<SameContents, 'storedOnce' | 'read' | 'isDeep' | 'complete'> | undefined
}

/**
 * What an image holds several times: packages, owners and files in several images, and equal contents.
 * @param inventory with `twice`
 * @param contents what a search of the image found; undefined for a saved report
 */
export function duplicates(inventory: Inventory, contents: SameContents | undefined): Duplicates {
  const { attribution, references, roots, twice } = inventory
  const sizes = references === undefined ? undefined : graphSizes(attribution, references, roots)
  const paidTwice = twice?.copies
  return {
    ...duplicatePackages(inventory, sizes),
    paidTwice,
    identical: contents && byWaste(contents.identical.filter((content) => !isTold(content, paidTwice ?? []))),
    forms: contents && byWaste(contents.forms),
    compared: contents && {
      storedOnce: contents.storedOnce,
      read: contents.read,
      isDeep: contents.isDeep,
      complete: contents.complete,
    },
  }
}

/** The bytes of content beyond its largest place, which a rebuild could save at most. */
export function wastedByContent({ places }: SameContent): number {
  return places.slice(1).reduce((sum, { own }) => sum + own, 0)
}

/** The bytes of second copies of all kinds but packages. Contents in several forms may be among identical ones too. */
export function wastedByCopies({ paidTwice = [], identical = [] }: Duplicates): number {
  const twice = paidTwice.reduce((sum, copy) => sum + wastedBytes(copy), 0)
  return identical.reduce((sum, content) => sum + wastedByContent(content), twice)
}

/** Whether an owner or a file in several images stands for content: all of its places belong to it. */
function isTold({ places }: SameContent, paidTwice: readonly PaidTwice[]): boolean {
  return paidTwice.some((copy) => {
    if (copy.owner !== undefined) return places.every(({ owner }) => owner === copy.owner)
    const paths = new Set<ByteString>(copy.places.map(({ path }) => path))
    return places.every(({ path }) => paths.has(path))
  })
}

/** Those that waste most first; what takes no bytes a second time is none. */
function byWaste(contents: readonly SameContent[]): readonly SameContent[] {
  return contents
    .filter((content) => wastedByContent(content) > 0)
    .sort((a, b) => wastedByContent(b) - wastedByContent(a) || b.size - a.size)
}
