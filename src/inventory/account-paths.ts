import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from './attribution.ts'

/** The paths of an account in the image. A hard-linked file with one account has several. */
export function pathsOf({
  name,
  otherNames = [],
}: Pick<Account, 'name'> & { readonly otherNames?: readonly ByteString[] }): readonly ByteString[] {
  return [name, ...otherNames]
}
