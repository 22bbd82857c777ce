import type { FormatError } from '../../parsers/bytes/errors.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { AFTER_IMAGE } from '../../parsers/squashfs/index.ts'
import type { OpenImage } from '../images/open-image.ts'
import { partOfFile } from './costs-in.ts'
import { MAX_PLACES, type Place, type Remainder } from './remainders.ts'
import { settle } from './settle.ts'

const BEFORE_IMAGE = 'bytes before the image'
/** Our name for the image itself here; another ledger accounts for its bytes. */
const IMAGE = 'the image'

/** The bytes of a file that lie around its image, each counted once. */
export interface BytesAround {
  readonly remainders: readonly Remainder[]
  readonly warnings: readonly FormatError[]
}

/** Names the bytes before and after an image, after its container if we know it. */
export function bytesAround(open: OpenImage): BytesAround {
  const { file, container, reader } = open
  const { offset: start, size } = partOfFile(open)
  if (size === file.size) return { remainders: [], warnings: [] }
  const end = start + size
  const map = new ExtentMap(file)
  map.claimStructure(start, end - start, IMAGE)
  const parts = new Map<string, Place[]>()
  for (const part of container?.parts ?? []) {
    const places = [within(part, 0, start), within(part, end, file.size)].filter(({ length }) => length > 0)
    for (const { offset, length } of places) map.claimStructure(offset, length, part.name)
    parts.set(part.name, [...(parts.get(part.name) ?? []), ...places])
  }
  // If the user gave the offset, a whole disk may come before the image. We do not read it for this.
  if (container === undefined) map.claimStructure(0, start, BEFORE_IMAGE)
  map.addBackground(0, start, 'gap', BEFORE_IMAGE)
  map.addBackground(end, file.size - end, 'gap', AFTER_IMAGE)
  const { remainders, warnings } = settle(map, [], 0, reader.limits)
  const around = remainders.filter(({ name }) => name !== IMAGE).map(asGap)
  return { remainders: around.map((remainder) => withRegion(remainder, parts)), warnings }
}

/** The bytes of a part in [start, end). Those of the image belong to the image, whatever a part claims. */
function within({ offset, length }: Place, start: number, end: number): Place {
  const from = Math.max(offset, start)
  return { offset: from, length: Math.min(offset + length, end) - from }
}

/** A part of a container is a region of its own, as a part of an image beside its tree is. */
function withRegion(remainder: Remainder, parts: ReadonlyMap<string, readonly Place[]>): Remainder {
  const places = remainder.kind === 'structure' ? parts.get(remainder.name) : undefined
  if (places === undefined) return remainder
  // Where parts lie over each other, not all of their bytes are their own.
  const isWhole = places.reduce((sum, { length }) => sum + length, 0) === remainder.own
  return { ...remainder, ownRegion: true, ...(isWhole ? { places: places.slice(0, MAX_PLACES) } : {}) }
}

/** We know no structure for the bytes before the image, so they are a gap, and a gap has a place. */
function asGap(remainder: Remainder): Remainder {
  if (remainder.name !== BEFORE_IMAGE || remainder.kind === 'gap') return remainder
  return { ...remainder, kind: 'gap', places: [{ offset: 0, length: remainder.own }] }
}
