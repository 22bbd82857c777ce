import type { ByteString } from '../bytes/byte-string.ts'
import { u32le } from '../bytes/fields.ts'
import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { detectCompression } from '../codecs/compression.ts'
import type { NamedPlace, Place } from './stored-parts.ts'

/** Endings of files that each tool compresses. */
const ENDINGS: Readonly<Record<string, string>> = {
  gzip: 'gz',
  bzip2: 'bz2',
  lzma: 'lzma',
  xz: 'xz',
  lzop: 'lzo',
  lz4: 'lz4',
  zstd: 'zst',
}
/** Bytes of the number behind a payload: its length when unpacked. */
const LENGTH_SIZE = 4

/** The kernel proper inside a kernel image, usually compressed. */
export interface Payload {
  /** The name that we give it: "vmlinux.zst", or "vmlinux" if it is not compressed. */
  readonly name: ByteString
  readonly content: Place
  /** The name of the compression; "none" for an ELF program, "unknown" if we do not know the first bytes. */
  readonly compression: string
  /** Bytes of the payload when unpacked, as the image states them; undefined where it does not. */
  readonly unpackedSize: number | undefined
  /** The number behind the stream, which belongs to no file; undefined if there is none. */
  readonly sizeField: NamedPlace | undefined
}

/**
 * The payload at a place of a kernel image. Behind the stream of every compressor but gzip, the build of the kernel
 * writes the unpacked length in 4 bytes, because only gzip ends with it (kernel: scripts/Makefile.lib, size_append).
 * @param holdsSize whether these 4 bytes are the last of `place`; if not, they follow it
 */
export function readPayload(source: ByteSource, place: Place, holdsSize: boolean): Payload {
  const start = Math.min(place.offset, source.size)
  const stored = sliceSource(source, start, Math.min(place.length, source.size - start), source.name)
  const compression = compressionOf(stored)
  const hasSize = compression !== 'gzip' && compression !== 'none' && place.length > LENGTH_SIZE
  const length = hasSize && holdsSize ? place.length - LENGTH_SIZE : place.length
  const sizeField = { name: 'length of the payload', offset: place.offset + length, length: LENGTH_SIZE }
  // The last 4 bytes of a gzip file are its unpacked length too (RFC 1952 2.3.1, ISIZE).
  const sizeOffset = hasSize ? sizeField.offset : compression === 'gzip' ? place.offset + length - LENGTH_SIZE : -1
  const ending = ENDINGS[compression]
  return {
    name: ending === undefined ? 'vmlinux' : `vmlinux.${ending}`,
    content: { offset: place.offset, length },
    compression,
    unpackedSize: numberAt(source, sizeOffset),
    sizeField: hasSize ? sizeField : undefined,
  }
}

function compressionOf(payload: ByteSource): string {
  const { name } = detectCompression(payload) ?? {}
  if (name !== undefined && ENDINGS[name] !== undefined) return name
  const isElf = payload.size >= 4 && payload.read(0, 4).every((byte, index) => byte === '\x7fELF'.charCodeAt(index))
  return isElf ? 'none' : 'unknown'
}

function numberAt(source: ByteSource, offset: number): number | undefined {
  if (offset < 0 || offset + LENGTH_SIZE > source.size) return undefined
  const bytes = source.read(offset, LENGTH_SIZE)
  return u32le.get(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_SIZE), 0)
}
