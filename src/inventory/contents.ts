import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Owner } from '../owners/owner.ts'

/**
 * The contents of an image, for the few questions that an inventory cannot answer. A saved report has none. We open the
 * image on the first question.
 */
export interface Contents {
  readonly open: OpenImage
  /** The owners in it, by key. */
  readonly owners: ReadonlyMap<ByteString, Owner>
}
