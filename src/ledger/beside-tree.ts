import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Background, ExtentMap } from '../../parsers/bytes/extents.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { AFTER_IMAGE } from '../../parsers/squashfs/index.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Remainder } from './remainders.ts'
import { settle } from './settle.ts'

/** A part of an image beside its tree, such as a boot image that no file holds, or data after a squashfs. */
export interface PartBesideTree {
  readonly name: ByteString
  /** Bytes of it that neither a file nor a structure owns. */
  readonly own: number
}

/** The parts of an image beside its tree, largest first, for callers that need no other sizes. */
export function partsBesideTree(open: OpenImage): PartBesideTree[] {
  const { image, reader } = open
  const map = new ExtentMap(image.source, image.tree.count)
  open.claimStructures(map)
  const after = map.backgrounds.flatMap((part) => (part.name === AFTER_IMAGE ? bytesOf(part, image.source) : []))
  if (!map.backgrounds.some(({ ownRegion }) => ownRegion)) return after
  open.claimContent(map)
  const { remainders } = settle(map, new Uint32Array(image.tree.count), 1, reader.limits)
  return [...remainders.filter(({ ownRegion }) => ownRegion === true), ...after]
    .map(({ name, own }) => ({ name, own }))
    .sort((a, b) => b.own - a.own)
}

/** The bytes of a part that no content claims, without its padding. */
function bytesOf({ start, end, kind, name }: Background, source: ByteSource): Remainder[] {
  const map = new ExtentMap(source)
  map.claimStructure(0, start, 'what lies before')
  map.addBackground(start, end - start, kind, name)
  const { remainders } = settle(map, [], 0)
  return remainders.filter((remainder) => remainder.name === name)
}
