import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { BytePieces } from './byte-pieces.ts'
import { BLOCK, readTarHeader, type TarHeader, upToNul } from './header.ts'
import { paxRecords } from './pax-records.ts'

/** A member of a tar archive. */
export interface TarMember extends TarHeader {
  /** Where the next member begins, in bytes from the start of the archive. */
  readonly end: number
  /** Its bytes, until the caller asks for the next member; undefined if the archive ends before they do. */
  content(): Uint8Array | undefined
}

/** Types of members that say something of the next one (POSIX pax, typeflag; tar(5), "GNU tar Archives"). */
const EXTENDED_HEADER = 'x'
const LONG_NAME = 'L'
/** Such that say something of all others, or the target of a link, neither of which we need. */
const PASSED_OVER = new Set(['g', 'K'])
/** The most bytes that we read of what says something of another member. Names have at most 4 KiB. */
const MAX_EXTENSION = 1 << 16

/** The members of a tar archive up to its end, or up to what is no header. It reads no further than the caller asks. */
export function* tarMembers(archive: Iterable<Uint8Array>): Generator<TarMember> {
  const bytes = new BytePieces(archive)
  let next: Partial<Pick<TarMember, 'name' | 'size'>> = {}
  for (let at = 0; ; ) {
    const block = bytes.take(BLOCK)
    const header = block && readTarHeader(block)
    if (header === undefined) return
    const isExtension = header.type === EXTENDED_HEADER || header.type === LONG_NAME
    const isOfNext = isExtension || PASSED_OVER.has(header.type)
    const { type, name, size } = isOfNext ? header : { ...header, ...next }
    const stored = Math.ceil(size / BLOCK) * BLOCK
    at += BLOCK + stored
    let taken = 0
    const content = (): Uint8Array | undefined => {
      taken = size
      return bytes.take(size)
    }
    if (isExtension && size <= MAX_EXTENSION) {
      const found = content()
      if (found === undefined) return
      next = { ...next, ...(type === LONG_NAME ? { name: upToNul(byteString(found)) } : paxFields(found)) }
    } else if (!isOfNext) {
      next = {}
      yield { name, size, type, end: at, content }
    }
    if (!bytes.skip(stored - taken)) return
  }
}

/** What an extended header says of the name and the size. */
function paxFields(content: Uint8Array): { readonly name?: ByteString; readonly size?: number } {
  const records = paxRecords(content)
  const name = records.get('path')
  const size = records.get('size')
  return {
    ...(name === undefined ? {} : { name }),
    ...(size !== undefined && /^\d{1,15}$/.test(size) ? { size: Number(size) } : {}),
  }
}
