import { atLimit } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { StructureChecksum } from '../image.ts'
import { u32le } from './directory-record.ts'
import { blockOffset, type Volume } from './volume.ts'
import { FIRST_DESCRIPTOR_SECTOR } from './volume-descriptor.ts'

/** Bytes of each entry of a boot catalog (El Torito 2.0). */
const ENTRY = 32
/** Bytes of the virtual sectors that a sector count counts (El Torito 2.2). */
const VIRTUAL_SECTOR = 512

/** Entry ids (El Torito 2.1 to 2.5). */
const BOOTABLE = 0x88
const NOT_BOOTABLE = 0x00
const HEADER_MORE = 0x90
const HEADER_LAST = 0x91
const EXTENSION = 0x44
/** Bit of the boot media byte, or of an extension: another extension follows. */
const EXTENSION_FOLLOWS = 0x20

/** Bytes of the disks for emulation types 1, 2 and 3 (El Torito 2.2). */
const FLOPPY_BYTES: Readonly<Record<number, number>> = { 1: 1_228_800, 2: 1_474_560, 3: 2_949_120 }

export type Platform = 'x86' | 'PowerPC' | 'Mac' | 'EFI' | 'unknown'
const PLATFORMS: Readonly<Record<number, Platform>> = { 0: 'x86', 1: 'PowerPC', 2: 'Mac', 239: 'EFI' }

/** One boot image, as the catalog describes it. */
export interface BootImage {
  /** Its number, counted from 1 through all sections. */
  readonly number: number
  readonly platform: Platform
  readonly bootable: boolean
  /** 0 none, 1 to 3 floppy disks, 4 hard disk (El Torito 2.2). */
  readonly emulation: number
  readonly loadSegment: number
  /** 512-byte sectors that the firmware loads at boot. This is the image's size only by chance. */
  readonly sectorCount: number
  readonly block: number
  /** Bytes from the start of the source. */
  readonly offset: number
  /** Bytes, if the emulation type fixes them. */
  readonly fixedLength?: number
}

export interface BootCatalog {
  /** Bytes from the start of the source. */
  readonly offset: number
  /** Bytes up to the end of its last entry. */
  readonly length: number
  readonly images: readonly BootImage[]
  /** That of the validation entry. The other entries have none. */
  readonly checksum: StructureChecksum
}

/** Reads the boot catalog at `block`; undefined if it lies outside the image or does not begin like one. */
export function readBootCatalog(volume: Volume, block: number): BootCatalog | undefined {
  const { source, warnings, limits } = volume
  const offset = blockOffset(volume, block)
  const structure = 'boot catalog (El Torito 2)'
  if (offset + 2 * ENTRY > source.size) {
    warnings.lose('TRUNCATED', 'the boot catalog lies beyond the end of the image', { structure, offset })
    return undefined
  }
  const bytes = source.read(offset, Math.min(Math.max(limits['boot-entries'], 2) * ENTRY, source.size - offset))
  if (bytes[0] !== 1 || bytes[30] !== 0x55 || bytes[31] !== 0xaa) {
    warnings.lose('MALFORMED', 'the validation entry is invalid, so there are no boot images', { structure, offset })
    return undefined
  }
  const sum = wordSum(bytes)
  const detail = 'the checksum of the validation entry is not 0'
  const problem =
    sum === 0 ? undefined : formatError('CHECKSUM', detail, source, { structure, offset, found: sum, expected: 0 })
  if (problem !== undefined) warnings.note(problem)
  const images: BootImage[] = []
  let at = ENTRY
  if (bytes[at] === BOOTABLE || bytes[at] === NOT_BOOTABLE) {
    images.push(bootImage(volume, bytes, at, bytes[1]!, 1))
    at = skipExtensions(bytes, at)
  } else
    warnings.add('MALFORMED', 'the boot indicator of the initial entry is invalid', {
      structure,
      offset: offset + at,
      found: bytes[at]!,
    })
  // A section header is 0x90, or 0x91 for the last one, but some writers use 0x90 for the last one too.
  while (at + ENTRY <= bytes.length && (bytes[at] === HEADER_MORE || bytes[at] === HEADER_LAST)) {
    const last = bytes[at] === HEADER_LAST
    const platform = bytes[at + 1]!
    const count = bytes[at + 2]! | (bytes[at + 3]! << 8)
    at += ENTRY
    for (let entry = 0; entry < count && at + ENTRY <= bytes.length; entry += 1) {
      if (!isEntry(bytes, at)) {
        warnings.add('MALFORMED', 'a section has fewer entries than its header states', {
          structure,
          offset: offset + at,
          found: entry,
          expected: count,
        })
        break
      }
      images.push(bootImage(volume, bytes, at, platform, images.length + 1))
      at = skipExtensions(bytes, at)
    }
    if (last) break
  }
  if (at + ENTRY > limits['boot-entries'] * ENTRY) {
    warnings.add('LIMIT', `only the first ${limits['boot-entries']} entries of the boot catalog are read`, {
      structure,
      offset,
      ...atLimit(limits, 'boot-entries'),
    })
  }
  return {
    offset,
    length: Math.min(at, bytes.length),
    images: images.filter((image) => image.block !== 0),
    checksum: { structure: 'boot catalog', algorithm: 'sum of 16-bit words', offset, problem },
  }
}

/** An entry that is not bootable and has no image is the zeros after the last entry. */
function isEntry(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BOOTABLE || (bytes[at] === NOT_BOOTABLE && u32le(bytes, at + 8) !== 0)
}

function bootImage(volume: Volume, bytes: Uint8Array, at: number, platform: number, number: number): BootImage {
  const emulation = bytes[at + 1]! & 0x0f
  const block = u32le(bytes, at + 8)
  const image = {
    number,
    platform: PLATFORMS[platform] ?? ('unknown' as const),
    bootable: bytes[at] === BOOTABLE,
    emulation,
    loadSegment: bytes[at + 2]! | (bytes[at + 3]! << 8),
    sectorCount: bytes[at + 6]! | (bytes[at + 7]! << 8),
    block,
    offset: blockOffset(volume, block),
  }
  if (image.offset >= volume.source.size) {
    volume.warnings.lose('TRUNCATED', 'a boot image lies beyond the end of the image', {
      structure: `boot image ${number}`,
      offset: image.offset,
    })
  }
  const fixedLength = FLOPPY_BYTES[emulation]
  return fixedLength === undefined ? image : { ...image, fixedLength }
}

/** Where the next entry is: after the extensions of this one (El Torito 2.5). */
function skipExtensions(bytes: Uint8Array, entry: number): number {
  let at = entry + ENTRY
  for (let more = bytes[entry + 1]! & EXTENSION_FOLLOWS; more !== 0 && bytes[at] === EXTENSION; at += ENTRY) {
    more = bytes[at + 1]! & EXTENSION_FOLLOWS
  }
  return at
}

/** Sum of the validation entry's 16-bit words (El Torito 2.1). */
function wordSum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < ENTRY; at += 2) sum += bytes[at]! | (bytes[at + 1]! << 8)
  return sum & 0xffff
}

/**
 * Bytes of a boot image whose length no file states. We take its emulation type, the FAT file system at its start, its
 * boot info table, or its sector count. Undefined for an EFI image with a count of 0 or 1, which has no stated end
 * (UEFI 13.3.2.1).
 */
export function bootImageLength(source: ByteSource, image: BootImage): number | undefined {
  if (image.fixedLength !== undefined) return image.fixedLength
  const fat = fatLength(source, image.offset)
  if (fat !== undefined) return fat
  const stated = statedLength(image)
  return stated === undefined ? undefined : Math.max(stated, infoTableLength(source, image))
}

/** The length of a boot image that the catalog states: at least the bytes that the firmware loads. */
export function statedLength({ fixedLength, sectorCount, platform }: BootImage): number | undefined {
  if (fixedLength !== undefined) return fixedLength
  return sectorCount <= 1 && platform === 'EFI' ? undefined : Math.max(sectorCount, 1) * VIRTUAL_SECTOR
}

/**
 * The length in a boot info table, or 0 if there is none. Image writers patch this table into a boot loader (mkisofs's
 * -boot-info-table). It has the sector of the primary volume descriptor at 8, the image's own sector at 12, and its
 * bytes at 16.
 */
function infoTableLength(source: ByteSource, { offset, block }: BootImage): number {
  if (offset + 24 > source.size) return 0
  const bytes = source.read(offset, 24)
  return u32le(bytes, 8) === FIRST_DESCRIPTOR_SECTOR && u32le(bytes, 12) === block ? u32le(bytes, 16) : 0
}

/** Total sectors times bytes per sector, if there is a FAT boot sector at `offset`. */
function fatLength(source: ByteSource, offset: number): number | undefined {
  if (offset + 512 > source.size) return undefined
  const bytes = source.read(offset, 512)
  const isJump = bytes[0] === 0xeb || bytes[0] === 0xe9
  const bytesPerSector = bytes[11]! | (bytes[12]! << 8)
  const validSector = [512, 1024, 2048, 4096].includes(bytesPerSector)
  const fats = bytes[16]!
  if (!isJump || !validSector || fats < 1 || fats > 2 || bytes[510] !== 0x55 || bytes[511] !== 0xaa) return undefined
  const small = bytes[19]! | (bytes[20]! << 8)
  const sectors = small === 0 ? u32le(bytes, 32) : small
  return sectors === 0 ? undefined : sectors * bytesPerSector
}
