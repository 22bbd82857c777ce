import type { ByteSource } from '../bytes/source.ts'

/** A value of DER (X.690, 8.1): its tag, and where its content lies in the source. */
export interface DerValue {
  readonly tag: number
  readonly offset: number
  readonly length: number
  /** Where the value itself ends. It may lie after the end of the source. */
  readonly end: number
}

/** Tags of one octet, with their class and whether they are constructed (X.690, 8.1.2). */
export const TAG = { octetString: 0x04, objectIdentifier: 0x06, sequence: 0x30, context0: 0xa0 } as const

/** Lengths of more octets are above 4 GiB. */
const MOST_LENGTH_OCTETS = 4

/** The value that begins at an offset; undefined if its length is not of the definite form (X.690, 10.1). */
export function derValue(source: ByteSource, offset: number): DerValue | undefined {
  if (offset + 2 > source.size) return undefined
  const head = source.read(offset, Math.min(2 + MOST_LENGTH_OCTETS, source.size - offset))
  const [tag, first] = [head[0]!, head[1]!]
  if (first < 0x80) return { tag, offset: offset + 2, length: first, end: offset + 2 + first }
  const octets = first & 0x7f
  if (octets === 0 || octets > MOST_LENGTH_OCTETS || 2 + octets > head.length) return undefined
  const length = head.subarray(2, 2 + octets).reduce((value, octet) => value * 256 + octet, 0)
  return { tag, offset: offset + 2 + octets, length, end: offset + 2 + octets + length }
}

/** The values in a constructed one, up to what is none. */
export function* derValuesIn(source: ByteSource, { offset, end }: DerValue): Generator<DerValue> {
  for (let at = offset; at < end; ) {
    const value = derValue(source, at)
    if (value === undefined || value.end > end) return
    yield value
    at = value.end
  }
}
