import { areEqualBytes } from '#platform/equal-bytes'
import type { ByteSource } from '../../parsers/bytes/source.ts'

/** Bytes that we compare at a time. */
const PIECE = 1 << 20

/** Compares two streams, which may be cut into different pieces. */
export function isSameStream(left: Iterator<Uint8Array>, right: Iterator<Uint8Array>): boolean {
  let [a, b] = [new Uint8Array(0), new Uint8Array(0)] as [Uint8Array, Uint8Array]
  const filled = (piece: Uint8Array, stream: Iterator<Uint8Array>): Uint8Array => {
    let next = piece
    while (next.length === 0) {
      const result = stream.next()
      if (result.done === true) break
      next = result.value
    }
    return next
  }
  for (;;) {
    a = filled(a, left)
    b = filled(b, right)
    if (a.length === 0 || b.length === 0) return a.length === b.length
    const length = Math.min(a.length, b.length)
    if (!areEqualBytes(a.subarray(0, length), b.subarray(0, length))) return false
    a = a.subarray(length)
    b = b.subarray(length)
  }
}

/** Bytes [offset, offset + length) of a source, in pieces. @throws {FormatError} if we cannot read them */
export function* piecesOf(source: ByteSource, offset: number, length: number): Generator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE) yield source.read(offset + at, Math.min(PIECE, length - at))
}
