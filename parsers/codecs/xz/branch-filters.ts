import type { BranchDecoder, BranchMemory, Filter } from './filter.ts'
import { decodeArm } from './filters/arm.ts'
import { decodeArmThumb } from './filters/arm-thumb.ts'
import { decodeArm64 } from './filters/arm64.ts'
import { decodeIa64 } from './filters/ia64.ts'
import { decodePowerPc } from './filters/powerpc.ts'
import { decodeRiscV } from './filters/riscv.ts'
import { decodeSparc } from './filters/sparc.ts'
import { decodeX86 } from './filters/x86.ts'

/** xz 1.2: 5.3.2; alignment in bytes. The specification has ARM64 since version 1.1.0 and RISC-V since 1.2.0. */
export const branchFilters: Readonly<Record<number, { name: string; alignment: number; decode: BranchDecoder }>> = {
  4: { name: 'x86', alignment: 1, decode: decodeX86 },
  5: { name: 'PowerPC', alignment: 4, decode: decodePowerPc },
  6: { name: 'IA-64', alignment: 16, decode: decodeIa64 },
  7: { name: 'ARM', alignment: 4, decode: decodeArm },
  8: { name: 'ARM-Thumb', alignment: 2, decode: decodeArmThumb },
  9: { name: 'SPARC', alignment: 4, decode: decodeSparc },
  10: { name: 'ARM64', alignment: 4, decode: decodeArm64 },
  11: { name: 'RISC-V', alignment: 2, decode: decodeRiscV },
}

/** A branch filter whose first byte has the address `startOffset`. */
export function branchFilter(decode: BranchDecoder, startOffset: number): Filter {
  return () => {
    const memory: BranchMemory = { recent: 0, gap: 1 }
    let address = startOffset
    return (bytes, start, end) => {
      const done = decode(bytes, start, end, address, memory)
      address = (address + done - start) >>> 0
      return done
    }
  }
}
