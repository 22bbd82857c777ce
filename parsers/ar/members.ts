import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'
import { arHeader, HEADER_END, MAGIC } from './header.ts'

/** A member of an archive, and where its content lies. It may end after the source. */
export interface ArMember {
  /** Without the slash that GNU ar writes after it. */
  readonly name: ByteString
  readonly offset: number
  readonly size: number
}

/**
 * The members of an archive of ar up to its end, or up to what is no header; none for another file. Names are those of
 * the headers: packages have no long ones (deb(5), FORMAT).
 */
export function* arMembers(source: ByteSource): Generator<ArMember> {
  if (source.size < MAGIC.length || byteString(source.read(0, MAGIC.length)) !== MAGIC) return
  let at = MAGIC.length
  while (at + arHeader.size <= source.size) {
    const { name, size: digits, end } = arHeader.read(source, at)
    if (end !== HEADER_END || !/^\d+ *$/.test(digits)) return
    const size = Number.parseInt(digits, 10)
    const offset = at + arHeader.size
    yield { name: name.trimEnd().replace(/\/$/, ''), offset, size }
    // Members begin at even offsets.
    at = offset + size + (size % 2)
  }
}
