import { bytesOf } from '../bytes/byte-string.ts'
import type { FatVolume } from './boot-sector.ts'
import { labelText } from './short-name.ts'

/** What the field in the boot sector holds when the volume has no label. */
const NO_NAME = 'NO NAME'

/**
 * The label of a volume as text. The one in the root directory counts, because tools that change the label may leave
 * the one in the boot sector.
 */
export function volumeLabel({ label }: FatVolume, rootLabel: string | undefined): string | undefined {
  const text = (rootLabel ?? (label === undefined ? '' : labelText(bytesOf(label)))).split('\0', 1)[0]!.trimEnd()
  return text === '' || text === NO_NAME ? undefined : text
}
