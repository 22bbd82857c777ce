import type { ByteSource } from '../bytes/source.ts'
import { descriptorKind, FIRST_DESCRIPTOR_SECTOR, SECTOR, volumeDescriptor } from './volume-descriptor.ts'

/** Sectors to search for the root directory. Path tables and directories come before contents and take a few MiB. */
const SECTORS_SEARCHED = 8192
/** Descriptors to read in search of the primary one. */
const DESCRIPTORS_SEARCHED = 16

/** One session of a multisession disc, in a file of its own. */
export interface ForeignSession {
  /** The sector of the disc at which the session begins. Its addresses count from the start of the disc. */
  readonly start: number
  /** The offset of its primary volume descriptor, in bytes from the start of the source. */
  readonly offset: number
}

/**
 * Whether a source is a session made for a later place on a disc (`mkisofs -C`, CD-Extra). Its addresses count from the
 * start of the disc, so its root directory is not where the descriptor says. We recognise that directory by its first
 * record, which states its own address (ECMA-119 6.8.2.2).
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

/** Whether a directory begins at a sector and states `address` as its own address, in both byte orders. */
function isDirectory(source: ByteSource, sector: number, address: number): boolean {
  const offset = sector * SECTOR
  if (offset + 34 > source.size) return false
  const record = source.read(offset, 34)
  const view = new DataView(record.buffer, record.byteOffset, 34)
  const isItself = view.getUint8(0) >= 34 && view.getUint8(32) === 1 && view.getUint8(33) === 0
  return isItself && view.getUint32(2, true) === address && view.getUint32(6) === address
}
