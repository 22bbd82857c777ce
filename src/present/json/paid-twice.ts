import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { type PaidTwice, wastedBytes } from '../../inventory/paid-twice.ts'
import { named } from './named.ts'

/** An owner or a file in several images. */
export function paidTwiceJson(copy: PaidTwice, full: (key: ByteString) => string): object {
  return {
    ...(copy.owner === undefined ? {} : { storePath: full(copy.owner) }),
    places: copy.places.map(({ image, path, own, isPartial }) => ({
      ...named('imagePath', image),
      ...named('path', path),
      own,
      partial: isPartial,
    })),
    wasted: wastedBytes(copy),
  }
}
