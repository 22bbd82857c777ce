import type { ByteSource } from '../bytes/source.ts'
import { ARCHIVES } from './archives.ts'
import { FILE_SYSTEMS } from './file-systems.ts'
import type { FileWord, ForeignFile, Recogniser } from './foreign-file.ts'
import { KERNELS } from './kernels.ts'
import { recogniseOldCpio } from './old-cpio.ts'
import { recogniseElf, recogniseRauc, recogniseSif } from './programs.ts'
import { VIRTUAL_DISKS } from './virtual-disks.ts'

/** Kinds that we recognise by their own bytes alone. */
const PLAIN_KINDS: readonly Recogniser[] = [
  ...KERNELS,
  recogniseElf,
  recogniseSif,
  ...VIRTUAL_DISKS,
  ...ARCHIVES,
  recogniseOldCpio,
  ...FILE_SYSTEMS,
  // It has no magic number, so all others come first.
  recogniseRauc,
]

/** The kind of a source, if its own bytes alone show it. */
export function recognisePlain(source: ByteSource, file: FileWord): ForeignFile | undefined {
  for (const recognise of PLAIN_KINDS) {
    const found = recognise(source, file)
    if (found !== undefined) return found
  }
  return undefined
}
