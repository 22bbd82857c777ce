import { crc32 } from '../../checksums/crc32.ts'
import { crc64 } from '../../checksums/crc64.ts'
import { sha256 } from '../../checksums/sha256.ts'
import { failure } from './failure.ts'

/** What guards the content of the blocks of a stream (xz 1.2: 2.1.1.2, 3.4). */
export interface Check {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** The check of `bytes[start, end)` as it is stored. */
  readonly compute: (bytes: Uint8Array, start: number, end: number) => Uint8Array
}

const checks: Readonly<Record<number, Check>> = {
  0: { name: 'None', size: 0, compute: () => new Uint8Array(0) },
  1: { name: 'CRC32', size: 4, compute: (bytes, start, end) => stored(crc32(bytes, start, end)) },
  4: {
    name: 'CRC64',
    size: 8,
    compute: (bytes, start, end) => {
      const { low, high } = crc64(bytes, start, end)
      return stored(low, high)
    },
  },
  10: { name: 'SHA-256', size: 32, compute: sha256 },
}

/** The check of an ID; undefined if the ID is reserved. */
export function checkOf(id: number): Check | undefined {
  return checks[id]
}

/**
 * Compares the check stored at `offset`, where the caller knows it to be, with `output[start, end)`.
 * @throws {FormatError} CHECKSUM
 */
export function verifyCheck(
  check: Check,
  input: Uint8Array,
  offset: number,
  output: Uint8Array,
  start: number,
  end: number,
): void {
  const found = input.subarray(offset, offset + check.size)
  const expected = check.compute(output, start, end)
  if (expected.some((byte, index) => byte !== found[index])) {
    throw failure('CHECKSUM', 'Check', offset, 'does not match the content of the block', {
      field: check.name,
      found: hexBytes(found),
      expected: hexBytes(expected),
    })
  }
}

/** Little-endian words. */
function stored(...words: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length)
  const view = new DataView(bytes.buffer)
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true)
  return bytes
}

/** As they lie in the file. */
function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
