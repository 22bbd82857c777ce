import type { FormatError } from '../../parsers/bytes/errors.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { locate } from '../../parsers/bytes/source.ts'
import { AFTER_IMAGE } from '../../parsers/squashfs/index.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Remainder } from './remainders.ts'
import { settle } from './settle.ts'

const BEFORE_IMAGE = 'bytes before the image'
/** What the image itself is called here; its bytes are told by itself. */
const IMAGE = 'the image'

/** What of a file lies around its image, every byte once. */
export interface BytesAround {
  readonly remainders: readonly Remainder[]
  readonly warnings: readonly FormatError[]
}

/** Names the bytes before and after an image, by what it is wrapped in where that is known. */
export function bytesAround({ image, file, container, reader }: OpenImage): BytesAround {
  if (image.source === file) return { remainders: [], warnings: [] }
  const start = locate(image.source, 0).offset
  const end = start + image.source.size
  const map = new ExtentMap(file)
  map.claimStructure(start, end - start, IMAGE)
  for (const { name, offset, length } of container?.parts ?? []) {
    // Whatever a part says, the image's bytes are its own.
    map.claimStructure(offset, Math.min(offset + length, start) - offset, name)
    const behind = Math.max(offset, end)
    map.claimStructure(behind, offset + length - behind, name)
  }
  // Before an image whose place the user gave may be a whole disk, which is not read for this.
  if (container === undefined) map.claimStructure(0, start, BEFORE_IMAGE)
  map.addBackground(0, start, 'gap', BEFORE_IMAGE)
  map.addBackground(end, file.size - end, 'gap', AFTER_IMAGE)
  const { remainders, warnings } = settle(map, [], 0, reader.limits)
  return { remainders: remainders.filter(({ name }) => name !== IMAGE).map(asGap), warnings }
}

/** Bytes before the image are no structure of anything that is known: a gap, which has a place. */
function asGap(remainder: Remainder): Remainder {
  if (remainder.name !== BEFORE_IMAGE || remainder.kind === 'gap') return remainder
  return { ...remainder, kind: 'gap', places: [{ offset: 0, length: remainder.own }] }
}
