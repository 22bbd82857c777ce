import { crc32 } from '../../../parsers/checksums/crc32.ts'
import { concat, pack, text } from '../squashfs/writer.ts'

export const SECTOR = 512

/** A partition: its type, its first sector, its number of sectors. In an extended one, the first sector counts from there. */
export type PartitionSpec = readonly [type: number, start: number, sectors: number]

/** A boot record with these partitions. */
export function bootRecord(...partitions: readonly PartitionSpec[]): Uint8Array {
  const bytes = new Uint8Array(SECTOR)
  for (const [index, [type, start, sectors]] of partitions.entries()) {
    bytes.set(concat(pack([4, 0], [1, type], [3, 0], [4, start], [4, sectors])), 446 + 16 * index)
  }
  bytes.set([0x55, 0xaa], 510)
  return bytes
}

/** Bytes with parts at sectors. */
export function disk(sectors: number, parts: Readonly<Record<number, Uint8Array>>): Uint8Array {
  const bytes = new Uint8Array(sectors * SECTOR)
  for (const [sector, part] of Object.entries(parts)) bytes.set(part, Number(sector) * SECTOR)
  return bytes
}

/** A disk with both copies of a GUID partition table: the first and the last sector of each partition, and its name. */
export function gptDisk(
  sectors: number,
  partitions: readonly (readonly [first: number, last: number, name: string])[],
  contents: Readonly<Record<number, Uint8Array>> = {},
): Uint8Array {
  const array = new Uint8Array(128 * 128)
  for (const [index, [first, last, name]] of partitions.entries()) {
    const units = Array.from(name, (letter) => [2, letter.charCodeAt(0)] as const)
    array.set(concat(new Uint8Array(16).fill(7), new Uint8Array(16).fill(index + 1)), index * 128)
    array.set(concat(pack([8, first], [8, last], [8, 0]), pack(...units)), index * 128 + 32)
  }
  const header = (own: number, other: number, at: number): Uint8Array => {
    const bytes = concat(
      text('EFI PART'),
      pack([4, 0x10000], [4, 92], [4, 0], [4, 0], [8, own], [8, other], [8, 34], [8, sectors - 34], [8, 1], [8, 2]),
      pack([8, at], [4, 128], [4, 128], [4, crc32(array, 0, array.length)]),
    )
    bytes.set(pack([4, crc32(bytes, 0, bytes.length)]), 16)
    return bytes
  }
  return disk(sectors, {
    0: bootRecord([0xee, 1, sectors - 1]),
    1: header(1, sectors - 1, 2),
    2: array,
    [sectors - 33]: array,
    [sectors - 1]: header(sectors - 1, 1, sectors - 33),
    ...contents,
  })
}
