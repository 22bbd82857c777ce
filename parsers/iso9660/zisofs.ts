import { type ByteString, quoted } from '../bytes/byte-string.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { StoredRun } from '../image.ts'
import { u32le } from './directory-record.ts'

/** The facts in the ZF entry of a compressed file. */
export interface ZisofsEntry {
  readonly version: number
  /** Two letters: 'pz' is zlib (version 1); version 2 also knows 'PZ' (zlib), 'XZ', 'L4', 'ZD', 'B2'. */
  readonly algorithm: ByteString
  /** Bytes of the file header. */
  readonly headerSize: number
  readonly blockSizeLog2: number
  /** Content bytes. */
  readonly size: number
}

/** Reads the ZF entry at `at`; undefined if we do not know its length or version. */
export function readZisofsEntry(bytes: Uint8Array, at: number, length: number): ZisofsEntry | undefined {
  const version = bytes[at + 3]!
  if (length !== 16 || (version !== 1 && version !== 2)) return undefined
  const low = u32le(bytes, at + 8)
  return {
    version,
    algorithm: String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!),
    headerSize: bytes[at + 6]! * 4,
    blockSizeLog2: bytes[at + 7]!,
    // Version 1 has the size in both byte orders, version 2 has one 64-bit number.
    size: version === 1 ? low : low + u32le(bytes, at + 12) * 2 ** 32,
  }
}

/** Block sizes that writers use: 32, 64, 128 KiB. Version 2 allows up to 1 MiB. */
const MIN_LOG2 = 15
const MAX_LOG2: Readonly<Record<number, number>> = { 1: 17, 2: 20 }
/** Block pointers to read at a time. */
const POINTERS_AT_ONCE = 4096

/**
 * The runs of a zisofs file stored at [offset, offset + storedLength). After the header comes one more pointer than
 * there are blocks. Pointers count from the start of the file. A block without bytes is all zeros.
 * @throws {FormatError} when header or pointers contradict the ZF entry or leave the file
 */
export function* zisofsRuns(
  source: ByteSource,
  offset: number,
  storedLength: number,
  entry: ZisofsEntry,
): Generator<StoredRun> {
  const fail = (detail: string, at: number, found?: number, expected?: number): Error =>
    formatError('MALFORMED', detail, source, {
      structure: 'zisofs file',
      offset: at,
      ...(found === undefined ? {} : { found }),
      ...(expected === undefined ? {} : { expected }),
    })
  const { version, blockSizeLog2, headerSize, size } = entry
  if (entry.algorithm.toLowerCase() !== 'pz') {
    throw formatError(
      'UNSUPPORTED',
      `compressed with the zisofs algorithm ${quoted(entry.algorithm)}; only zlib is read`,
      source,
      {
        structure: 'zisofs file',
        offset,
      },
    )
  }
  if (blockSizeLog2 < MIN_LOG2 || blockSizeLog2 > MAX_LOG2[version]!) {
    throw fail('the block size is out of range', offset, blockSizeLog2)
  }
  const blockSize = 2 ** blockSizeLog2
  const blocks = Math.ceil(size / blockSize)
  const width = version === 1 ? 4 : 8
  if (headerSize + (blocks + 1) * width > storedLength) {
    throw fail('the block pointers do not fit into the file', offset, storedLength, headerSize + (blocks + 1) * width)
  }
  checkHeader(source, offset, entry, fail)
  let previous = -1
  let previousAt = 0
  for (let first = 0; first <= blocks; first += POINTERS_AT_ONCE) {
    const count = Math.min(POINTERS_AT_ONCE, blocks + 1 - first)
    previousAt = offset + headerSize + first * width
    const pointers = source.read(previousAt, count * width)
    for (let index = 0; index < count; index += 1) {
      const at = index * width
      const pointer = u32le(pointers, at) + (width === 8 ? u32le(pointers, at + 4) * 2 ** 32 : 0)
      if (pointer < previous || pointer > storedLength) {
        throw fail('a block pointer goes back or leaves the file', previousAt + at, pointer)
      }
      const block = first + index - 1
      if (block >= 0) {
        const length = Math.min(blockSize, size - block * blockSize)
        const stored = pointer - previous
        yield stored === 0
          ? { offset: 0, storedLength: 0, length, skip: 0, unpackedLimit: length, codec: 'hole' }
          : {
              offset: offset + previous,
              storedLength: stored,
              length,
              skip: 0,
              unpackedLimit: blockSize,
              codec: 'zlib',
            }
      }
      previous = pointer
    }
  }
}

const MAGIC: Readonly<Record<number, readonly number[]>> = {
  1: [0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07],
  2: [0xef, 0x22, 0x55, 0xa1, 0xbc, 0x1b, 0x95, 0xa0],
}

function checkHeader(
  source: ByteSource,
  offset: number,
  { version, blockSizeLog2, size }: ZisofsEntry,
  fail: (detail: string, at: number, found?: number, expected?: number) => Error,
): void {
  const header = source.read(offset, version === 1 ? 16 : 24)
  if (!MAGIC[version]!.every((byte, index) => header[index] === byte)) throw fail('the magic number is missing', offset)
  const headerLog2 = header[version === 1 ? 13 : 11]!
  if (headerLog2 !== blockSizeLog2) {
    throw fail('the block size differs from the ZF entry', offset, headerLog2, blockSizeLog2)
  }
  const headerFileSize = version === 1 ? u32le(header, 8) : u32le(header, 12) + u32le(header, 16) * 2 ** 32
  if (headerFileSize !== size) throw fail('the size differs from the ZF entry', offset, headerFileSize, size)
}
