import type { ByteSource } from '../bytes/source.ts'
import { descriptorKind, FIRST_DESCRIPTOR_SECTOR, SECTOR, volumeDescriptor } from './volume-descriptor.ts'

/** Sectors searched for the root directory: path tables and directories stand before contents, and have a few MiB. */
const SECTORS_SEARCHED = 8192
/** Descriptors looked at for the primary one. */
const DESCRIPTORS_SEARCHED = 16

/** A session of a disc with several, in a file of its own. */
export interface ForeignSession {
  /** The sector of the disc at which it begins, from which its addresses count. */
  readonly start: number
  /** Of the descriptor that has them, in bytes from the start of the source. */
  readonly offset: number
}

/**
 * Whether a source is a session that was made for a place further on a disc (`mkisofs -C`, CD-Extra). Its addresses are
 * those of the disc, so that the root directory lies elsewhere than its descriptor says. It is known by its first record,
 * which says where it stands itself (ECMA-119 6.8.2.2).
 */
export function foreignSession(source: ByteSource): ForeignSession | undefined {
  for (let index = 0; index < DESCRIPTORS_SEARCHED; index += 1) {
    const offset = (FIRST_DESCRIPTOR_SECTOR + index) * SECTOR
    const kind = descriptorKind(source, offset)
    if (kind !== 'primary volume descriptor' || offset + volumeDescriptor.size > source.size) continue
    const { logicalBlockSize, rootDirectoryRecord } = volumeDescriptor.read(source, offset)
    const root = new DataView(rootDirectoryRecord.buffer, rootDirectoryRecord.byteOffset, 34).getUint32(2, true)
    if (logicalBlockSize.little !== SECTOR || isDirectory(source, root, root)) return undefined
    const end = Math.min(Math.floor(source.size / SECTOR), SECTORS_SEARCHED, root)
    for (let sector = FIRST_DESCRIPTOR_SECTOR + 1; sector < end; sector += 1) {
      if (isDirectory(source, sector, root)) return { start: root - sector, offset }
    }
    return undefined
  }
  return undefined
}

/** Whether a directory begins at a sector that says of itself that it stands at `address`, in both byte orders. */
function isDirectory(source: ByteSource, sector: number, address: number): boolean {
  const offset = sector * SECTOR
  if (offset + 34 > source.size) return false
  const record = source.read(offset, 34)
  const view = new DataView(record.buffer, record.byteOffset, 34)
  const isItself = view.getUint8(0) >= 34 && view.getUint8(32) === 1 && view.getUint8(33) === 0
  return isItself && view.getUint32(2, true) === address && view.getUint32(6) === address
}
