import type { ByteString } from '../bytes/byte-string.ts'
import type { Partition } from './partition.ts'

/** The purpose of a partition, from its type. */
export interface PartitionPurpose {
  /** Whether it is an EFI system partition (UEFI 13.3). */
  readonly efiSystem: boolean
  /** A few words, such as "Linux filesystem"; undefined if the type says nothing. */
  readonly words: string | undefined
}

const EFI_SYSTEM = 'EFI system'

/** MBR types, with the names that fdisk gives them; 0xef is UEFI 5.2.2. */
// biome-ignore format: one type a line
const MBR_TYPES: Readonly<Record<string, string>> = {
  '0x01': 'FAT12',
  '0x04': 'FAT16',
  '0x05': 'extended',
  '0x06': 'FAT16',
  '0x07': 'NTFS or exFAT',
  '0x0b': 'FAT32',
  '0x0c': 'FAT32',
  '0x0e': 'FAT16',
  '0x0f': 'extended',
  '0x11': 'hidden FAT12',
  '0x14': 'hidden FAT16',
  '0x16': 'hidden FAT16',
  '0x1b': 'hidden FAT32',
  '0x1c': 'hidden FAT32',
  '0x1e': 'hidden FAT16',
  '0x41': 'PowerPC PReP boot',
  '0x82': 'Linux swap',
  '0x83': 'Linux filesystem',
  '0x85': 'extended',
  '0x8e': 'Linux LVM',
  '0x96': 'ISO9660',
  '0xa5': 'FreeBSD',
  '0xa6': 'OpenBSD',
  '0xa9': 'NetBSD',
  '0xaf': 'HFS or HFS+',
  '0xcd': 'ISO9660',
  '0xef': EFI_SYSTEM,
  '0xfd': 'Linux RAID',
}

/** GPT types from UEFI 5.3.3, and those from the Discoverable Partitions Specification that images have. */
// biome-ignore format: one type a line
const GPT_TYPES: Readonly<Record<string, string>> = {
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b': EFI_SYSTEM,
  '21686148-6449-6e6f-744e-656564454649': 'BIOS boot',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'Microsoft reserved',
  'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7': 'basic data',
  '0fc63daf-8483-4772-8e79-3d69d8477de4': 'Linux filesystem',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f': 'Linux swap',
  'e6d6d379-f507-44c2-a23c-238f2a3df928': 'Linux LVM',
  'bc13c2ff-59e6-4262-a352-b275fd6f7172': 'extended boot loader',
  '4f68bce3-e8cd-4db1-96e7-fbcaf984b709': 'Linux root (x86-64)',
  'b921b045-1df0-41c3-af44-4c6f280d3fae': 'Linux root (ARM64)',
  '48465300-0000-11aa-aa11-00306543ecac': 'HFS or HFS+',
  '9e1a2d38-c612-4316-aa26-8b49521e5a8b': 'PowerPC PReP boot',
}

/** Types of an Apple partition map (Inside Macintosh: Devices, 3). Other types have good names already. */
const APM_TYPES: Readonly<Record<string, string>> = { Apple_HFS: 'HFS or HFS+' }

/** What a partition is for, by its type. */
export function partitionPurpose({ table, type }: Partition): PartitionPurpose {
  const words = { MBR: MBR_TYPES, GPT: GPT_TYPES, APM: APM_TYPES }[table][type] ?? (table === 'APM' ? type : undefined)
  return { efiSystem: words === EFI_SYSTEM, words: words === '' ? undefined : words }
}

/** Whether a partition holds an HFS or HFS+ volume, by its type. */
export function isHfs(partition: Partition): boolean {
  return partitionPurpose(partition).words === 'HFS or HFS+'
}

/**
 * Whether a partition stands for empty space. xorriso fills the space between partitions with partitions called "Gap1",
 * and Apple maps list free space.
 */
export function isFiller({ table, name, type }: Partition): boolean {
  return /^Gap\d+$/.test(name) || (table === 'APM' && /^Apple_(Free|Void|Scratch)$/.test(type))
}

/** The name that a person gave it. It is '' if there is none, or if xorriso made it from the number. */
export function givenName({ name }: Partition): ByteString {
  return /^(Appended|Gap)\d+$/.test(name) ? '' : name
}
