import type { ByteString } from '../bytes/byte-string.ts'
import type { Partition } from '../partition/partition.ts'
import { givenName, partitionPurpose } from '../partition/partition-type.ts'
import type { BootImage, Platform } from './el-torito.ts'

/** The contents of a part beside the tree: boot images and partitions that begin at one place. */
export interface PartContents {
  readonly images: readonly BootImage[]
  readonly partitions: readonly Partition[]
  /** Whether files of the tree own some of its bytes. */
  readonly inPart: boolean
}

/** The most partitions and boot images at one place that a name lists. No image that people use has more. */
const NAMED_AT_MOST = 4

const PLATFORM_WORDS: Readonly<Record<Platform, string>> = {
  x86: 'BIOS',
  PowerPC: 'PowerPC',
  Mac: 'Mac',
  EFI: 'EFI',
  unknown: '',
}

/** The names of all parts, no two alike: "EFI boot image, partition 2, not in the tree". */
export function namesBesideTree(parts: readonly PartContents[]): ByteString[] {
  const names = parts.map((part) => nameOf(part, false))
  const counts = new Map<ByteString, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return names.map((name, index) => (counts.get(name) === 1 ? name : nameOf(parts[index]!, true)))
}

/** @param exact with the numbers of boot images and the tables of partitions, which no two parts share */
function nameOf({ images, partitions, inPart }: PartContents, exact: boolean): ByteString {
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

/**
 * "partition 2", "EFI system partition 2", "partition 3 (Linux filesystem)": one for all tables that use the same
 * number.
 */
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
    // isohybrid gives EFI system partitions the GPT type "basic data". For a boot image, that type says nothing new.
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
