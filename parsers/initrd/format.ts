import type { ByteSource } from '../bytes/source.ts'
import { headerFormat, newcHeader, readHeader } from '../cpio/header.ts'
import { NAME_LIMIT } from '../cpio/member.ts'
import { endsOf, type Format, refuseNameTree } from '../format.ts'
import { compressedArchive } from './compressed-archive.ts'
import { INITRD, openInitrd } from './index.ts'
import { afterZeros } from './zeros.ts'

/** Zeros that we skip to find the first archive of a file. No writer is known to put any there. */
const ZEROS_LIMIT = 1 << 16

/** Initrds, which are sequences of cpio archives, and single archives. */
export const initrd: Format = {
  ...INITRD,
  recognise(source) {
    const start = afterZeros(source, 0, Math.min(source.size, ZEROS_LIMIT))
    const bytes = source.read(start, Math.min(newcHeader.size, source.size - start))
    if (headerFormat(bytes) !== undefined) return isPlausible(bytes) ? 'yes' : 'damaged'
    return hasArchive(source, start) ? 'yes' : 'no'
  },
  open(source, { limits, budget, spool, nameTree }) {
    refuseNameTree(INITRD, nameTree, source, { structure: 'first bytes', offset: 0 })
    return openInitrd(source, { limits, budget, spool })
  },
  tableRanges: endsOf,
}

function isPlausible(bytes: Uint8Array): boolean {
  const namesize = readHeader(bytes)?.namesize ?? 0
  return namesize > 0 && namesize <= NAME_LIMIT
}

/** Whether a compressed archive begins at `start`. It unpacks one block. */
function hasArchive(source: ByteSource, start: number): boolean {
  return compressedArchive(source, start) !== undefined
}
