import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** A reference by keys. */
export interface NamedReference {
  readonly from: ByteString
  readonly to: ByteString
}

/** A text for a reference, to look it up by. A key may have a space, but no slash. */
export function referenceKey({ from, to }: NamedReference): string {
  return `${from}/${to}`
}
