import { type ByteSource, formatError } from './bytes/source.ts'
import { isIso9660, unreadableDisc } from './iso9660/index.ts'
import { startsLikeSquashfs } from './squashfs/index.ts'

/** A compressed or foreign file people hand to such a tool, told by its first bytes, and what to do about it. */
interface Signature {
  readonly offset: number
  readonly bytes: readonly number[]
  readonly sentence: string
}

const COMPRESSED = 'decompress it first'

// biome-ignore format: one signature a line
const SIGNATURES: readonly Signature[] = [
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], sentence: `the file is compressed as a whole with zstd (an .iso.zst?); ${COMPRESSED}: zstd -d` },
  { offset: 0, bytes: [0x1f, 0x8b], sentence: `the file is compressed as a whole with gzip; ${COMPRESSED}: gzip -d` },
  { offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], sentence: `the file is compressed as a whole with xz; ${COMPRESSED}: xz -d` },
  { offset: 0, bytes: [0x42, 0x5a, 0x68], sentence: `the file is compressed as a whole with bzip2; ${COMPRESSED}: bzip2 -d` },
  { offset: 0, bytes: [0x50, 0x4b, 3, 4], sentence: 'this is a zip archive, not an ISO9660 image or a squashfs' },
  { offset: 0, bytes: [0x51, 0x46, 0x49, 0xfb], sentence: 'this is a QEMU disk image (qcow2), not an ISO9660 image or a squashfs' },
  { offset: 0, bytes: [0x43, 0x49, 0x53, 0x4f], sentence: 'this is a compressed disc image (CISO); convert it to a plain ISO first' },
  { offset: 0, bytes: [0x7f, 0x45, 0x4c, 0x46], sentence: 'this is an ELF program; if a squashfs is appended to it (AppImage), say where with --offset' },
  { offset: 0, bytes: [0x30, 0x37, 0x30, 0x37, 0x30, 0x31], sentence: 'this is a cpio archive (an initrd?), not an ISO9660 image or a squashfs' },
  { offset: 257, bytes: [0x75, 0x73, 0x74, 0x61, 0x72], sentence: 'this is a tar archive, not an ISO9660 image or a squashfs' },
  { offset: 1080, bytes: [0x53, 0xef], sentence: 'this is an ext file system, not an ISO9660 image or a squashfs' },
  { offset: 1024, bytes: [0xe2, 0xe1, 0xf5, 0xe0], sentence: 'this is an EROFS image, not an ISO9660 image or a squashfs' },
  { offset: 510, bytes: [0x55, 0xaa], sentence: 'this is a disk image with a boot sector, but holds no ISO9660 volume' },
]

/**
 * What a source is, told by its content.
 * @throws {FormatError} UNSUPPORTED or MALFORMED, naming what it is instead, where that can be told
 */
export function detectFormat(source: ByteSource): 'iso9660' | 'squashfs' {
  if (startsLikeSquashfs(source)) return 'squashfs'
  if (isIso9660(source)) return 'iso9660'
  throw unknownFormat(source)
}

function unknownFormat(source: ByteSource): Error {
  const place = { structure: 'first bytes', offset: 0 }
  if (source.size === 0) return formatError('TRUNCATED', 'the file is empty', source, place)
  const disc = unreadableDisc(source)
  if (disc !== undefined) return disc
  for (const { offset, bytes, sentence } of SIGNATURES) {
    if (offset + bytes.length > source.size) continue
    const found = source.read(offset, bytes.length)
    if (bytes.every((byte, index) => found[index] === byte)) {
      return formatError('UNSUPPORTED', sentence, source, { ...place, offset })
    }
  }
  const start = source.read(0, Math.min(source.size, 512))
  const what = start.every(isTextByte) ? 'this is text' : 'this is of no known format'
  const short = source.size < 17 * 2048 ? `, and at ${source.size} bytes too short for an ISO` : ''
  return formatError(
    'MALFORMED',
    `${what}${short}: no squashfs superblock at its start and no ISO9660 volume descriptor at 0x8000`,
    source,
    place,
  )
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 9 || byte === 10 || byte === 13
}
