import type { FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import { type ByteSource, formatError, sliceSource } from '../bytes/source.ts'
import { streamCheck } from '../codecs/stream-check.ts'
import { unpackedName } from '../codecs/unpacked-source.ts'
import { type UnpackContext, Unpacking } from '../codecs/unpacking.ts'
import { readMember } from '../cpio/member.ts'
import type { UnpackedStream } from '../image.ts'
import { compressedArchive } from './compressed-archive.ts'
import { afterZeros } from './zeros.ts'

/** Archives that lie together: in one compressed stream, or one after the other without compression. */
export interface Part {
  /** Bytes [start, end) of the unpacked source. */
  readonly start: number
  end: number
  /** The name of the tool that compressed it, or "none". */
  readonly compression: string
  /** The compressed stream in the file; undefined without compression. */
  readonly stream?: UnpackedStream
  /** Why it ends too early. */
  readonly damage?: FormatError
}

/** An initrd as one source without compression. */
export interface UnpackedInitrd {
  /** The file itself, if no part of it is compressed. */
  readonly source: ByteSource
  readonly parts: readonly Part[]
  /** Where data begins in the unpacked source that is no archive; its size if there is none. */
  readonly restStart: number
  /** What is wrong with the sequence of archives. */
  readonly oddities: readonly FormatError[]
}

/** Linux aligns members to this, and finds an archive that is not compressed only there (buffer-format). */
const ALIGNMENT = 4

/**
 * Reads the sequence of archives of an initrd (Documentation/driver-api/early-userspace/buffer-format):
 * ("\0" | cpio_archive | cpio_compressed_archive)*
 * @throws {FormatError} LIMIT, as `Unpacking` does
 */
export function unpackInitrd(source: ByteSource, context: UnpackContext): UnpackedInitrd {
  const parts: Part[] = []
  const oddities: FormatError[] = []
  let unpacking: Unpacking | undefined
  /** What to add to an offset in the file for one in the unpacked source. */
  let shift = 0
  let compressed = 0
  let at = 0
  try {
    for (;;) {
      at = afterZeros(source, at, source.size)
      if (at === source.size) break
      const end = archivesEnd(source, at, context.limits.entries)
      if (end > at) {
        if (at % ALIGNMENT !== 0) oddities.push(misaligned(source, at))
        addPlain(parts, at + shift, end + shift)
        at = end
        continue
      }
      const archive = compressedArchive(source, at)
      if (archive === undefined) break
      compressed += 1
      if (compressed > context.limits.archives) {
        oddities.push(tooMany(source, at, context))
        break
      }
      unpacking ??= new Unpacking(source, context)
      unpacking.store(at)
      const start = unpacking.size
      const damage = unpacking.decompress(archive.decompress)
      const { name: compression } = archive
      const check = streamCheck(at === 0 ? source : sliceSource(source, at, source.size - at, source.name))
      const part = { start, end: unpacking.size, compression, stream: { compression, offset: at, check, damage } }
      parts.push(damage === undefined ? part : { ...part, damage })
      at = unpacking.position
      shift = unpacking.size - at
    }
    unpacking?.store(source.size)
    const unpacked = unpacking?.finish(unpackedName(source)) ?? source
    return { source: unpacked, parts, restStart: at + shift, oddities }
  } catch (error) {
    unpacking?.discard()
    throw error
  }
}

/** Adds an archive that is not compressed. Those that follow each other, or lie between zeros, are one part. */
function addPlain(parts: Part[], start: number, end: number): void {
  const last = parts[parts.length - 1]
  if (last?.compression === 'none') last.end = end
  else parts.push({ start, end, compression: 'none' })
}

/** Where the members that follow each other from `start` on end; `start` if no member begins there. */
function archivesEnd(source: ByteSource, start: number, most: number): number {
  let at = start
  for (let count = 0; at < source.size; count += 1) {
    // The reader of members stops there, and says so.
    if (count > most) return source.size
    const member = readMember(source, at)
    if (member === undefined) return at
    at = member.end
    if (member.isTrailer) break
  }
  return Math.min(at, source.size)
}

function misaligned(source: ByteSource, offset: number): FormatError {
  const detail = 'it does not begin at a multiple of 4 bytes, so Linux does not read it'
  return formatError('MALFORMED', detail, source, { structure: 'cpio archive', offset })
}

function tooMany(source: ByteSource, offset: number, { limits }: UnpackContext): FormatError {
  return formatError('LIMIT', 'too many compressed archives; the rest is left out', source, {
    structure: 'compressed archive',
    offset,
    ...atLimit(limits, 'archives'),
  })
}
