import type { ByteSource } from '../bytes/source.ts'
import { textAt } from './foreign-file.ts'

/** Bytes looked at to tell text. */
const FRONT = 512
/** What is read to tell that a file is zeros and nothing else: a tenth of a second. */
const ZEROS_SEARCHED = 2 ** 28
const PIECE = 1 << 20
/** The sector after the volume descriptors' first: a shorter file holds no ISO. */
const SHORTEST_ISO = 17 * 2048

/** What is said of a source that is of no known kind. */
export function unknownKind(source: ByteSource): string {
  const short = source.size < SHORTEST_ISO ? `, and at ${source.size} bytes too short for an ISO` : ''
  return `${whatItLooksLike(source)}${short}: no squashfs superblock at its start and no ISO9660 volume descriptor at 0x8000`
}

function whatItLooksLike(source: ByteSource): string {
  const zeros = zerosAtStart(source)
  if (zeros === source.size) return 'this is only zeros, perhaps of a download or copy that did not end'
  if (zeros >= ZEROS_SEARCHED) return `this begins with ${zeros} zeros`
  const start = source.read(0, Math.min(source.size, FRONT))
  if (start.every(isTextByte)) {
    const isPage = /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html)\b/i.test(textAt(source, 0, start.length)!)
    return isPage ? 'this is an HTML page, perhaps a message in place of a download' : 'this is text'
  }
  if (textAt(source, 510, 2) === '\x55\xaa') return 'this is a disk image with a boot sector, but of no known format'
  return 'this is of no known format'
}

/** How many zeros a source begins with, as far as it is searched. */
function zerosAtStart(source: ByteSource): number {
  const end = Math.min(source.size, ZEROS_SEARCHED)
  for (let at = 0; at < end; at += PIECE) {
    const bytes = source.read(at, Math.min(PIECE, end - at))
    const other = bytes.findIndex((byte) => byte !== 0)
    if (other >= 0) return at + other
  }
  return end
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 9 || byte === 10 || byte === 13
}
