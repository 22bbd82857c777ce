import { asFormatError } from '../bytes/errors.ts'
import { checkRange, formatError } from '../bytes/source.ts'
import type { Decompressors } from '../codecs/codec.ts'
import type { StoredRun } from '../image.ts'
import { extentRuns, fileRuns } from './file-runs.ts'
import type { Inode } from './inode.ts'
import type { PackedInode } from './packed-inode.ts'
import { fragmentExtent } from './pclusters.ts'
import type { Volume } from './volume.ts'

/** What it takes to read the content of an inode. */
export interface ContentParts {
  readonly volume: Volume
  readonly packed: PackedInode | undefined
  readonly decompressors: Decompressors
}

/**
 * The content of an inode, run by run, for directories, symlinks and prefixes of attributes. A piece is valid until the
 * caller asks for the next one.
 * @throws {FormatError} as `fileRuns`, and when stored bytes leave the source or do not decompress
 */
export function* contentOf(parts: ContentParts, inode: Inode): Generator<Uint8Array> {
  for (const run of fileRuns(parts.volume, parts.packed, inode)) yield readRun(parts, run)
}

/** Up to `length` bytes of the packed inode, from `start`. @throws {FormatError} as `contentOf` */
export function packedContent(parts: ContentParts, start: number, length: number): Uint8Array {
  const { volume, packed } = parts
  const count = Math.min(length, Math.max((packed?.inode.size ?? 0) - start, 0))
  const bytes = new Uint8Array(count)
  let at = 0
  for (const run of extentRuns(volume, packed, fragmentExtent(0, count, start))) {
    bytes.set(readRun(parts, run), at)
    at += run.length
  }
  return bytes
}

/** All content of an inode, whose size the caller has checked. @throws {FormatError} as `contentOf` */
export function wholeContent(parts: ContentParts, inode: Inode): Uint8Array {
  const content = new Uint8Array(inode.size)
  let at = 0
  for (const piece of contentOf(parts, inode)) {
    content.set(piece, at)
    at += piece.length
  }
  return content
}

/** The largest hole that we make of zeros at once. */
const HOLE = 1 << 20

function readRun({ volume, decompressors }: ContentParts, run: StoredRun): Uint8Array {
  const { source } = volume
  const { offset, storedLength, length, skip, unpackedLimit, codec } = run
  if (codec === 'hole') {
    if (length <= HOLE) return new Uint8Array(length)
    throw formatError('MALFORMED', 'a hole where there should be content', source, {
      structure: 'directory or symlink',
      offset: 0,
      found: `${length} bytes`,
    })
  }
  checkRange(source, offset, storedLength, 'content')
  const stored = source.read(offset, storedLength)
  if (codec === 'stored') return stored
  const output = new Uint8Array(unpackedLimit)
  const place = { structure: 'pcluster', offset }
  let count: number
  try {
    count = decompressors[codec](stored, output)
  } catch (error) {
    const cause = asFormatError(error)
    throw formatError(cause.code, `does not decompress: ${cause.detail}`, source, place, { cause })
  }
  if (count >= skip + length) return output.subarray(skip, skip + length)
  const detail = 'decompresses to less than its content needs'
  throw formatError('MALFORMED', detail, source, { ...place, found: count, expected: skip + length })
}
