import { readable } from '../bytes/byte-string.ts'

/** The usual names of types on disks with images (UEFI 5.3.3; "Discoverable Partitions Specification"). */
const NAMES: Readonly<Record<string, string>> = {
  '0x01': 'FAT12',
  '0x05': 'extended',
  '0x06': 'FAT16',
  '0x07': 'NTFS',
  '0x0b': 'FAT32',
  '0x0c': 'FAT32',
  '0x0e': 'FAT16',
  '0x0f': 'extended',
  '0x82': 'Linux swap',
  '0x83': 'Linux',
  '0x85': 'extended',
  '0x8e': 'Linux LVM',
  '0xef': 'EFI system',
  '0xfd': 'Linux RAID',
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b': 'EFI system',
  'bc13c2ff-59e6-4262-a352-b275fd6f7172': 'Linux boot',
  '21686148-6449-6e6f-744e-656564454649': 'BIOS boot',
  '0fc63daf-8483-4772-8e79-3d69d8477de4': 'Linux',
  '4f68bce3-e8cd-4db1-96e7-fbcaf984b709': 'Linux root',
  'b921b045-1df0-41c3-af44-4c6f280d3fae': 'Linux root',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f': 'Linux swap',
  'e6d6d379-f507-44c2-a23c-238f2a3df928': 'Linux LVM',
  'a19d880f-05fc-4d3b-a006-743f0f84911e': 'Linux RAID',
  'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7': 'basic data',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'Microsoft reserved',
  '48465300-0000-11aa-aa11-00306543ecac': 'Apple HFS+',
  '7c3457ef-0000-11aa-aa11-00306543ecac': 'Apple APFS',
}

/** A partition's type in words. An unknown type appears as the table has it. */
export function partitionType(type: string): string {
  return NAMES[type] ?? `type ${readable(type)}`
}
