import { bytes, u16le, u32le } from '../bytes/fields.ts'
import { type ByteSource, checkRange } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import { hasIncompat, type Superblock } from './superblock.ts'

const fields = {
  tag: bytes(64),
  blocks: u32le,
  mappedBlkaddr: u32le,
  /** With 48bit: the upper bits of both. */
  blocksHi: u32le,
  mappedBlkaddrHi: u16le,
  reserved: bytes(50),
}

/** An extra device (erofs_fs.h: struct erofs_deviceslot). */
const deviceSlot: Struct<typeof fields> = struct('device slot', fields)

/** An extra device: another file with content of this image. */
export interface Device {
  readonly blocks: number
  /** The block at which the device begins if all devices are put in one row; 0 if they are not. */
  readonly mappedBlkaddr: number
}

/** The place of the device table, in bytes; undefined if the image has none. */
export function deviceTableRange(block: Superblock): { readonly offset: number; readonly length: number } | undefined {
  if (block.extraDevices === 0 || !hasIncompat(block, 'deviceTable')) return undefined
  return { offset: block.devtSlotoff * deviceSlot.size, length: block.extraDevices * deviceSlot.size }
}

/** @throws {FormatError} TRUNCATED when the table leaves the source */
export function readDevices(source: ByteSource, block: Superblock): readonly Device[] {
  const range = deviceTableRange(block)
  if (range === undefined) return []
  checkRange(source, range.offset, range.length, 'device table')
  const wide = hasIncompat(block, 'bit48')
  return Array.from({ length: block.extraDevices }, (_, index) => {
    const slot = deviceSlot.read(source, range.offset + index * deviceSlot.size)
    return {
      blocks: slot.blocks + (wide ? slot.blocksHi * 2 ** 32 : 0),
      mappedBlkaddr: slot.mappedBlkaddr + (wide ? slot.mappedBlkaddrHi * 2 ** 32 : 0),
    }
  })
}
