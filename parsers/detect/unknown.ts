import type { ByteSource } from '../bytes/source.ts'
import { FORMAT_TITLES } from '../formats.ts'
import { textAt } from './foreign-file.ts'

/** Bytes that we examine to recognise text. */
const FRONT = 512
/** Bytes that we read to decide that a file is all zeros: half a second. */
const ZEROS_SEARCHED = 2 ** 28
const PIECE = 1 << 20
/** The end of the first volume descriptor. A shorter file cannot hold an ISO. */
const SHORTEST_ISO = 17 * 2048

/** The message for a source of no known kind. */
export function unknownKind(source: ByteSource): string {
  const zeros = zerosAtStart(source)
  if (zeros === source.size) return 'this is all zeros: perhaps an incomplete download or copy'
  const start = source.read(0, Math.min(source.size, FRONT))
  const isText = start.every(isTextByte)
  if (isText && /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html)\b/i.test(textAt(source, 0, start.length)!)) {
    return 'this is an HTML page, perhaps an error page instead of the download; open it in a browser'
  }
  const isBoot = textAt(source, 510, 2) === '\x55\xaa'
  const what = isText
    ? 'this is text'
    : `this ${zeros >= ZEROS_SEARCHED ? `begins with ${zeros} zeros and ` : isBoot ? 'has a boot sector and ' : ''}is not in a known format`
  const short = source.size < SHORTEST_ISO ? `, and with ${source.size} bytes too short for an ISO` : ''
  return `${what}${short}; it is none of ${FORMAT_TITLES}`
}

/** The number of zeros that a source begins with, up to the search limit. */
function zerosAtStart(source: ByteSource): number {
  const end = Math.min(source.size, ZEROS_SEARCHED)
  for (let at = 0; at < end; at += PIECE) {
    const bytes = source.read(at, Math.min(PIECE, end - at))
    const other = firstOther(bytes)
    if (other >= 0) return at + other
  }
  return end
}

/** Where the first non-zero byte is; -1 if there is none. It compares words if they are aligned. */
function firstOther(bytes: Uint8Array): number {
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : []
  let word = 0
  while (word < words.length && words[word] === 0) word += 1
  for (let at = word * 4; at < bytes.length; at += 1) if (bytes[at] !== 0) return at
  return -1
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 9 || byte === 10 || byte === 13
}
