import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { hardLinksOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { charge } from './charge.ts'
import { storedBytes } from './costs.ts'
import { costsIn, partOfFile } from './costs-in.ts'
import { settle } from './settle.ts'

/** How many bytes of the image file the contents of files take, by the indexes of their entries. */
export interface StoredSizes {
  /** The bytes of a file, however many names it has: its blocks, and its share of blocks that other files use too. */
  ofFile(index: number): number
  /** The part of these bytes that one name counts: all names add up to the file. */
  ofName(index: number): number
}

/** The stored sizes of an image. We compute them once, on the first request, because they depend on every file. */
export const storedSizes: (open: OpenImage) => StoredSizes = oncePer(lazySizes)

function lazySizes(open: OpenImage): StoredSizes {
  const { tree } = open.image
  const links = hardLinksOf(tree)
  let own: ArrayLike<number> | undefined
  /** The names of a hard-linked file; undefined for other files. */
  const namesOf = (index: number): readonly number[] | undefined =>
    links.size === 0 || tree.typeOf(index) === 'directory' ? undefined : links.get(tree.identities[index]!)
  const ofFile = (index: number): number => {
    own ??= sizesByFile(open, namesOf)
    return own[namesOf(index)?.[0] ?? index]!
  }
  return {
    ofFile,
    ofName(index) {
      const bytes = ofFile(index)
      const names = namesOf(index)
      if (names === undefined) return bytes
      // We split evenly, with the remainder to the first names, as we do for owners that share a file.
      return Math.floor(bytes / names.length) + (rankIn(names, index) < bytes % names.length ? 1 : 0)
    },
  }
}

/** Bytes by the first name of each file. */
function sizesByFile(open: OpenImage, namesOf: (index: number) => readonly number[] | undefined): ArrayLike<number> {
  const { image, reader } = open
  const { source } = image
  const { tree } = image
  const map = new ExtentMap(source, tree.count)
  open.claimContent(map)
  map.addBackground(0, source.size, 'structure', 'all but content')
  const accountOf = new Uint32Array(tree.count)
  for (let index = 0; index < tree.count; index += 1) accountOf[index] = namesOf(index)?.[0] ?? index
  const ledger = settle(map, accountOf, tree.count, reader.limits, costsIn(open))
  return charge(ledger, bytesOfImage(open)).own
}

/** The bytes that an image takes in the image file. */
export function bytesOfImage(open: OpenImage): number {
  const { outer } = open
  if (outer === undefined) return partOfFile(open).size
  if ('entry' in outer) return storedSizes(outer.open).ofFile(outer.entry.index)
  const { offset, size } = outer.part
  const costs = costsIn(outer.open)
  return costs === undefined ? size : storedBytes(costs, offset, size)
}

/** The index of a number in an ascending list that contains it. */
function rankIn(list: readonly number[], wanted: number): number {
  let low = 0
  let high = list.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}
