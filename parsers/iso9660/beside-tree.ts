import type { ByteString } from '../bytes/byte-string.ts'
import type { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { Partition } from '../partition/partition.ts'
import { givenName, isFiller, partitionPurpose } from '../partition/partition-type.ts'
import { type BootImage, bootImageLength, type Platform } from './el-torito.ts'
import { SYSTEM_AREA } from './system-area.ts'

/**
 * Boot images and partitions that begin at one place, and that no file of the shown tree holds: a part of the image
 * beside its tree. Bytes.
 */
export interface BesideTree {
  readonly offset: number
  readonly length: number
  readonly images: readonly BootImage[]
  readonly partitions: readonly Partition[]
  /** Whether files of the tree have some of its bytes. */
  readonly inPart: boolean
}

/** What else of the image decides what is beside its tree. */
export interface TreePlaces {
  /** Bytes of files of the shown tree. */
  readonly files: RangeList
  /** Bytes that have an owner: those files, and structures. */
  readonly owned: RangeList
  /** Where the root directory of the shown tree lies: a partition that has it in it is a view of the volume. */
  readonly root: number | undefined
}

/**
 * The boot images and partitions that are not just files: those that begin at one place are one part. Parts with boot
 * images come first, for of two parts that overlap the boot image is the more telling.
 */
export function partsBesideTree(
  source: ByteSource,
  images: readonly BootImage[],
  partitions: readonly Partition[],
  { files, owned, root }: TreePlaces,
): BesideTree[] {
  const places = new Map<number, { images: BootImage[]; partitions: Partition[] }>()
  const at = (offset: number): { images: BootImage[]; partitions: Partition[] } => {
    const known = places.get(offset)
    const place = known ?? { images: [], partitions: [] }
    if (known === undefined) places.set(offset, place)
    return place
  }
  for (const image of images) at(image.offset).images.push(image)
  for (const partition of partitions) {
    if (!isFiller(partition) && !isView(partition, root)) at(partition.start).partitions.push(partition)
  }
  const parts: BesideTree[] = []
  for (const [offset, place] of places) {
    if (offset >= source.size) continue
    const lengths = [
      ...place.images.map((image) => bootImageLength(source, image) ?? 0),
      ...place.partitions.map((partition) => partition.length),
    ]
    const stated = lengths.reduce((most, length) => Math.max(most, length), 0)
    // An EFI image without a stated end reaches to the end of the medium; here, to the next thing that is known.
    const end = stated > 0 ? offset + stated : owned.nextStart(offset, source.size)
    const length = Math.min(end, source.size) - offset
    if (files.covers(offset, length)) continue
    // Where nothing says how long an image is, the file at its start is the image.
    if (stated === 0 && files.covers(offset, 1)) continue
    parts.push({ offset, length, ...place, inPart: files.touches(offset, length) })
  }
  return parts.sort((a, b) => Number(b.images.length > 0) - Number(a.images.length > 0) || a.offset - b.offset)
}

/** Whether a partition is a view of the volume, or lies in the system area, which has names of its own. */
function isView({ start, length }: Partition, root: number | undefined): boolean {
  const end = start + length
  if (end <= SYSTEM_AREA || start <= SYSTEM_AREA) return true
  return root !== undefined && start <= root && root < end
}

/** Partitions and boot images at one place that its name tells; more of them are in no image that was made to be used. */
const NAMED_AT_MOST = 4

const PLATFORM_WORDS: Readonly<Record<Platform, string>> = {
  x86: 'BIOS',
  PowerPC: 'PowerPC',
  Mac: 'Mac',
  EFI: 'EFI',
  unknown: '',
}

/** What each part is called, no two alike: "EFI boot image, partition 2, not in the tree". */
export function namesBesideTree(parts: readonly BesideTree[]): ByteString[] {
  const names = parts.map((part) => nameOf(part, false))
  const counts = new Map<ByteString, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return names.map((name, index) => (counts.get(name) === 1 ? name : nameOf(parts[index]!, true)))
}

/** @param exact with the numbers of boot images and the tables of partitions, which no two parts have in common */
function nameOf({ images, partitions, inPart }: BesideTree, exact: boolean): ByteString {
  const tail = inPart ? 'in part not in the tree' : 'not in the tree'
  return [...imageWords(images, exact), ...partitionWords(partitions, images.length > 0, exact), tail].join(', ')
}

/** "EFI boot image", "BIOS and EFI boot image 2 and 3". */
function imageWords(images: readonly BootImage[], exact: boolean): string[] {
  if (images.length === 0) return []
  const platforms = [...new Set(images.map(({ platform }) => PLATFORM_WORDS[platform]))].filter((word) => word !== '')
  const numbers = exact
    ? ` ${images
        .slice(0, NAMED_AT_MOST)
        .map(({ number }) => number)
        .join(' and ')}`
    : ''
  return [`${platforms.length === 0 ? '' : `${platforms.join(' and ')} `}boot image${numbers}`]
}

/** "partition 2", "EFI system partition 2", "partition 3 (Linux filesystem)": once for all tables that number it so. */
function partitionWords(partitions: readonly Partition[], hasImage: boolean, exact: boolean): string[] {
  const byNumber = new Map<number, Partition[]>()
  for (const partition of partitions) {
    const known = byNumber.get(partition.number)
    if (known === undefined) byNumber.set(partition.number, [partition])
    else known.push(partition)
  }
  return [...byNumber].slice(0, NAMED_AT_MOST).map(([number, same]) => {
    const purposes = same.map(partitionPurpose)
    const isEfi = purposes.some(({ efiSystem }) => efiSystem)
    // That a GPT says "basic data" of an EFI system partition is how isohybrid has it; it is news of no boot image.
    const words = purposes.flatMap(({ words: some, efiSystem }) =>
      some === undefined || efiSystem || (some === 'basic data' && (hasImage || isEfi)) ? [] : [some],
    )
    const given = same.map(givenName).filter((name) => name !== '' && !(hasImage || isEfi))
    const told = [...new Set([...words, ...given.map((name) => `"${name}"`)])]
    const tables =
      exact || byNumber.size > 1 ? ` of the ${[...new Set(same.map(({ table }) => table))].join(' and ')}` : ''
    const kind = isEfi && !hasImage ? 'EFI system partition' : 'partition'
    return `${kind} ${number}${tables}${told.length === 0 ? '' : ` (${told.join(', ')})`}`
  })
}
