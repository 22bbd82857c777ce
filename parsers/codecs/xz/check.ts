import type { RunningChecksum } from '../../checksums/running-checksum.ts'
import { startSha256 } from '../../checksums/sha256.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'
import type { Checksums } from './parts.ts'

/** The check of a stream, which protects the content of its blocks (xz 1.2: 2.1.1.2, 3.4). */
export interface Check {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Begins the check of a block. Its digest has the bytes that the file stores. */
  readonly start: (checksums: Checksums) => RunningChecksum<Uint8Array>
}

const checks: Readonly<Record<number, Check>> = {
  0: { name: 'None', size: 0, start: () => ({ update() {}, digest: () => new Uint8Array(0) }) },
  1: { name: 'CRC32', size: 4, start: ({ startCrc32 }) => stored(startCrc32(), (crc) => [crc]) },
  4: { name: 'CRC64', size: 8, start: ({ startCrc64 }) => stored(startCrc64(), ({ low, high }) => [low, high]) },
  10: { name: 'SHA-256', size: 32, start: startSha256 },
}

/** The check of an ID; undefined if the ID is reserved. */
export function checkOf(id: number): Check | undefined {
  return checks[id]
}

/**
 * Reads the check of a block and compares it with the computed one.
 * @throws {FormatError} CHECKSUM if they differ
 */
export function verifyCheck(check: Check, progress: Progress, computed: Uint8Array): void {
  const offset = progress.inputPosition
  need(progress, offset, check.size, 'Check')
  const found = progress.input.subarray(offset, offset + check.size)
  if (computed.some((byte, index) => byte !== found[index])) {
    throw failure('CHECKSUM', 'Check', offset, 'does not match the content of the block', {
      field: check.name,
      found: hexBytes(found),
      expected: hexBytes(computed),
    })
  }
  progress.inputPosition = offset + check.size
}

/** A checksum whose value is one or more 32-bit numbers, as the bytes that the file stores: little-endian. */
function stored<Value>(
  checksum: RunningChecksum<Value>,
  words: (value: Value) => readonly number[],
): RunningChecksum<Uint8Array> {
  return {
    update: checksum.update,
    digest() {
      const numbers = words(checksum.digest())
      const bytes = new Uint8Array(4 * numbers.length)
      const view = new DataView(bytes.buffer)
      for (const [index, word] of numbers.entries()) view.setUint32(4 * index, word, true)
      return bytes
    },
  }
}

/** Hexadecimal digits in the order of the bytes in the file. */
function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
