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
  /**
   * Files with the same content in several places, without the places that `paidTwice` counts as second ones; undefined
   * without contents.
   */
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
    identical: contents && identicalContents(contents.identical, paidTwice),
    forms: contents && byWaste(contents.forms),
    compared: contents && {
      storedOnce: contents.storedOnce,
      read: contents.read,
      isDeep: contents.isDeep,
      complete: contents.complete,
    },
  }
}

/** Contents without what is paid for twice already, so that no byte counts twice; those that waste most first. */
export function identicalContents(
  contents: readonly SameContent[],
  paidTwice: readonly PaidTwice[] = [],
): readonly SameContent[] {
  return byWaste(withoutTold(contents, paidTwice))
}

/** The bytes of content beyond its largest place, which a rebuild could save at most. */
export function wastedByContent({ places }: SameContent): number {
  return places.slice(1).reduce((sum, { own }) => sum + own, 0)
}

/** The bytes of second copies of all kinds but packages, each once. Contents in several forms may be among identical ones too. */
export function wastedByCopies({ paidTwice = [], identical = [] }: Duplicates): number {
  const twice = paidTwice.reduce((sum, copy) => sum + wastedBytes(copy), 0)
  return identical.reduce((sum, content) => sum + wastedByContent(content), twice)
}

/** Contents without the places that are second copies of an owner or a file already, so that no byte counts twice. */
function withoutTold(contents: readonly SameContent[], paidTwice: readonly PaidTwice[]): readonly SameContent[] {
  const told = new Set<ByteString>(paidTwice.flatMap(({ places }) => places.slice(1).map(({ path }) => path)))
  return contents.map((content) => ({ ...content, places: content.places.filter(({ path }) => !isBelow(path, told)) }))
}

/** Whether a path or a directory that it is in is among some paths. */
function isBelow(path: ByteString, some: ReadonlySet<ByteString>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (some.has(path.slice(0, end))) return true
  }
  return false
}

/** Those that waste most first; what takes no bytes a second time is none. */
function byWaste(contents: readonly SameContent[]): readonly SameContent[] {
  return contents
    .filter((content) => wastedByContent(content) > 0)
    .sort((a, b) => wastedByContent(b) - wastedByContent(a) || b.size - a.size)
}
