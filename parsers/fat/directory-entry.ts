import { bytes, u8, u16le, u32le } from '../bytes/fields.ts'
import { struct } from '../bytes/struct.ts'

/** A file, a directory or the volume label (fatgen 1.03, "FAT Directory Structure"). */
export const directoryEntry = struct('directory entry', {
  name: bytes(11),
  attributes: u8,
  caseFlags: u8,
  creationTenths: u8,
  creationTime: u16le,
  creationDate: u16le,
  accessDate: u16le,
  firstClusterHigh: u16le,
  writeTime: u16le,
  writeDate: u16le,
  firstClusterLow: u16le,
  fileSize: u32le,
})

export const READ_ONLY = 0x01
export const VOLUME_LABEL = 0x08
export const DIRECTORY = 0x10
/** Read-only, hidden, system and label at once: a part of a long name. Two more bits must not be set. */
const LONG_NAME = 0x0f
const LONG_NAME_MASK = 0x3f

/** The first byte of an entry that is not in use, and of the first one that never was. */
export const DELETED = 0xe5
export const NEVER_USED = 0

/** Whether a directory entry is a part of a long name, by its attributes. */
export function isLongNameEntry(attributes: number): boolean {
  return (attributes & LONG_NAME_MASK) === LONG_NAME
}

/** Whether the eleven bytes of a name are those of "." or "..". Each directory but the root begins with both. */
export function isDotName(name: Uint8Array): boolean {
  if (name[0] !== 0x2e) return false
  return name.every((byte, index) => byte === 0x20 || index === 0 || (index === 1 && byte === 0x2e))
}
