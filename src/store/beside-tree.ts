import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import type { OpenImage } from '../image/open-image.ts'
import { settle } from './size-ledger.ts'

/** A part of an image beside its tree, such as a boot image that no file holds. */
export interface PartBesideTree {
  readonly name: ByteString
  /** Bytes that neither a file nor a structure has of it. */
  readonly own: number
}

/** The parts of an image beside its tree, the largest first: for who needs nothing else of its bytes. */
export function partsBesideTree({ image, reader }: OpenImage): PartBesideTree[] {
  const map = new ExtentMap(image.source)
  image.claimStructures(map)
  if (!map.backgrounds.some(({ ownRegion }) => ownRegion)) return []
  image.claimContent(map)
  const { remainders } = settle(map, new Uint32Array(image.tree.entries.length), 1, reader.limits)
  return remainders
    .filter(({ ownRegion }) => ownRegion === true)
    .map(({ name, own }) => ({ name, own }))
    .sort((a, b) => b.own - a.own)
}
