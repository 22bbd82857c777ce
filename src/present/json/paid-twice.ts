import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { type PaidTwice, wastedBytes } from '../../inventory/paid-twice.ts'
import { named } from './named.ts'
import { ownerFieldJson } from './owner.ts'

/** An owner or a file in several images. */
export function paidTwiceJson(copy: PaidTwice, directory: ByteString): object {
  return {
    ...(copy.owner === undefined ? {} : ownerFieldJson(copy.owner, directory)),
    places: copy.places.map(({ image, path, own, isPartial }) => ({
      ...named('imagePath', image),
      ...named('path', path),
      own,
      partial: isPartial,
    })),
    wasted: wastedBytes(copy),
  }
}
