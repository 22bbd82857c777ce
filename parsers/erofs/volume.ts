import type { Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Device } from './device-table.ts'
import type { Superblock } from './superblock.ts'

/** The parts of an image that all its readers need. */
export interface Volume {
  readonly source: ByteSource
  readonly limits: Limits
  readonly superblock: Superblock
  /** Bytes. */
  readonly blockSize: number
  /** The extra devices, in the order of their numbers, which begin at 1. */
  readonly devices: readonly Device[]
}

/** Where content lies: in this file at `offset`, or on an extra device. */
export interface ContentPlace {
  /** 0 for this file. */
  readonly device: number
  /** Bytes from the start of the device. */
  readonly offset: number
}

/**
 * Finds content by a device's number and a position on that device (kernel: erofs_map_dev). A file that is long enough
 * may hold the extra devices too, at the blocks that the device table maps them to.
 * @throws {FormatError} MALFORMED when there is no such device
 */
export function placeOf(volume: Volume, device: number, position: number, length: number): ContentPlace {
  const { source, devices, blockSize } = volume
  if (device === 0) {
    if (position + length <= source.size) return { device, offset: position }
    const index = devices.findIndex(({ mappedBlkaddr, blocks }) => {
      const start = mappedBlkaddr * blockSize
      return start > 0 && position >= start && position < start + blocks * blockSize
    })
    if (index < 0) return { device, offset: position }
    return { device: index + 1, offset: position - devices[index]!.mappedBlkaddr * blockSize }
  }
  const known = devices[device - 1]
  if (known === undefined) {
    throw formatError('MALFORMED', 'there is no device of this number', source, {
      structure: 'chunk index',
      offset: 0,
      field: 'device_id',
      found: device,
      expected: `at most ${devices.length}`,
    })
  }
  const mapped = known.mappedBlkaddr * blockSize + position
  if (known.mappedBlkaddr > 0 && mapped + length <= source.size) return { device: 0, offset: mapped }
  return { device, offset: position }
}
