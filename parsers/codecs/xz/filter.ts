import { hex } from '../../bytes/errors.ts'
import { failure, malformed } from './failure.ts'
import { decodeArm } from './filters/arm.ts'
import { decodeArmThumb } from './filters/arm-thumb.ts'
import { decodeArm64 } from './filters/arm64.ts'
import { decodeDelta } from './filters/delta.ts'
import { decodeIa64 } from './filters/ia64.ts'
import { decodePowerPc } from './filters/powerpc.ts'
import { decodeRiscV } from './filters/riscv.ts'
import { decodeSparc } from './filters/sparc.ts'
import { decodeX86 } from './filters/x86.ts'
import { readVariableInteger } from './variable-integer.ts'

const STRUCTURE = 'Filter Flags'

/** A filter that does not change the size of the data: it is undone in place, for all of a block at once. */
export type Filter = (bytes: Uint8Array, start: number, end: number) => void

/**
 * Undoes a branch filter: makes the absolute addresses in `bytes[start, end)` relative again.
 * @param startOffset the address of the first byte, 32 bits
 */
export type BranchFilter = (bytes: Uint8Array, start: number, end: number, startOffset: number) => void

const DELTA = 0x03
const LZMA2 = 0x21

/** xz 1.2: 5.3.2; alignment in bytes. ARM64 since version 1.1.0 of the specification, RISC-V since 1.2.0. */
const branchFilters: Readonly<Record<number, { name: string; alignment: number; decode: BranchFilter }>> = {
  4: { name: 'x86', alignment: 1, decode: decodeX86 },
  5: { name: 'PowerPC', alignment: 4, decode: decodePowerPc },
  6: { name: 'IA-64', alignment: 16, decode: decodeIa64 },
  7: { name: 'ARM', alignment: 4, decode: decodeArm },
  8: { name: 'ARM-Thumb', alignment: 2, decode: decodeArmThumb },
  9: { name: 'SPARC', alignment: 4, decode: decodeSparc },
  10: { name: 'ARM64', alignment: 4, decode: decodeArm64 },
  11: { name: 'RISC-V', alignment: 2, decode: decodeRiscV },
}

/** LZMA2 dictionary sizes are 2^n and 3 * 2^n from 4 KiB to 4 GiB, numbered from 0 (xz 1.2: 5.3.1). */
const LAST_DICTIONARY_SIZE = 40

/**
 * Reads the Filter Flags at `offset` (xz 1.2: 3.1.5): ID, Size of Properties, Filter Properties.
 * @returns the filter, undefined for the last, which must be LZMA2, and where the flags end
 */
export function readFilter(
  input: Uint8Array,
  offset: number,
  headerEnd: number,
  isLast: boolean,
): { filter: Filter | undefined; end: number } {
  const { value: id, end: idEnd } = readVariableInteger(input, offset, headerEnd, STRUCTURE, 'Filter ID')
  const { value: size, end: start } = readVariableInteger(input, idEnd, headerEnd, STRUCTURE, 'Size of Properties')
  if (size > headerEnd - start) {
    throw malformed(STRUCTURE, offset, 'run over the end of the Block Header', {
      field: 'Filter Properties',
      found: `${size} bytes`,
      expected: `at most ${headerEnd - start}`,
    })
  }
  const end = start + size
  const properties = input.subarray(start, end)
  const branchFilter = branchFilters[id]
  if (branchFilter === undefined && id !== DELTA && id !== LZMA2) {
    throw failure('UNSUPPORTED', STRUCTURE, offset, 'names an unknown filter', { field: 'Filter ID', found: hex(id) })
  }
  if ((id === LZMA2) !== isLast) {
    throw malformed(STRUCTURE, offset, isLast ? 'is the last but not LZMA2' : 'is LZMA2 but not the last', {
      field: 'Filter ID',
      found: hex(id),
    })
  }
  if (branchFilter !== undefined) {
    return { filter: branchFilterWith(branchFilter, properties, offset), end }
  }
  if (size !== 1) throw wrongSize(id === LZMA2 ? 'LZMA2' : 'Delta', size, '1 byte', offset)
  if (id === LZMA2) {
    verifyDictionarySize(properties[0]!, offset)
    return { filter: undefined, end }
  }
  // xz 1.2: 5.3.3
  const distance = properties[0]! + 1
  return { filter: (bytes, from, to) => decodeDelta(bytes, from, to, distance), end }
}

/** Filter Properties of a branch filter: none, or the start offset, a multiple of the alignment (xz 1.2: 5.3.2). */
function branchFilterWith(
  { name, alignment, decode }: { name: string; alignment: number; decode: BranchFilter },
  properties: Uint8Array,
  offset: number,
): Filter {
  if (properties.length === 0) return (bytes, start, end) => decode(bytes, start, end, 0)
  if (properties.length !== 4) throw wrongSize(name, properties.length, '0 or 4 bytes', offset)
  const startOffset = new DataView(properties.buffer, properties.byteOffset).getUint32(0, true)
  if (startOffset % alignment !== 0) {
    throw malformed(STRUCTURE, offset, `is not aligned as the ${name} filter needs it`, {
      field: 'start offset',
      found: hex(startOffset),
      expected: `a multiple of ${alignment}`,
    })
  }
  return (bytes, start, end) => decode(bytes, start, end, startOffset)
}

/** The dictionary is the output, so its size makes no difference. */
function verifyDictionarySize(byte: number, offset: number): void {
  if (byte > LAST_DICTIONARY_SIZE) {
    throw malformed(STRUCTURE, offset, 'is not possible', {
      field: 'Dictionary Size',
      found: byte,
      expected: `at most ${LAST_DICTIONARY_SIZE}`,
    })
  }
}

function wrongSize(name: string, found: number, expected: string, offset: number): Error {
  return malformed(STRUCTURE, offset, `is not that of the ${name} filter`, {
    field: 'Size of Properties',
    found: `${found} bytes`,
    expected,
  })
}
