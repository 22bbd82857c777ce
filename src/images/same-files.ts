import { fileSource } from '../../parsers/bytes/file-source.ts'

const PIECE = 1 << 20

/** Whether two files have the same bytes. @throws {FormatError} if we cannot read one of them */
export function sameFiles(first: string, second: string): boolean {
  const sources = [fileSource(first), fileSource(second)] as const
  try {
    const [one, other] = sources
    if (one.size !== other.size) return false
    for (let at = 0; at < one.size; at += PIECE) {
      const length = Math.min(PIECE, one.size - at)
      if (Buffer.compare(one.read(at, length), other.read(at, length)) !== 0) return false
    }
    return true
  } finally {
    for (const source of sources) source.close()
  }
}
