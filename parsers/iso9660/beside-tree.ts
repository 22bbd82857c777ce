import type { ByteString } from '../bytes/byte-string.ts'
import type { Limits } from '../bytes/limits.ts'
import type { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { ImagePart } from '../image.ts'
import type { Partition } from '../partition/partition.ts'
import { isFiller } from '../partition/partition-type.ts'
import { namesBesideTree, type PartContents } from './beside-tree-names.ts'
import { type BootImage, bootImageLength, statedLength } from './el-torito.ts'
import { nonZeroSectors } from './non-zero-sectors.ts'
import { SYSTEM_AREA } from './system-area.ts'

/**
 * Boot images and partitions that begin at one place and that no file of the shown tree holds: a part of the image
 * beside its tree. Offsets and lengths are bytes.
 */
export interface BesideTree extends PartContents {
  readonly offset: number
  readonly length: number
}

/** The other facts that decide what lies beside the tree. */
export interface TreePlaces {
  /** Bytes of files of the shown tree. */
  readonly files: RangeList
  /** Bytes that have an owner: those files, and structures. */
  readonly owned: RangeList
  /** Where the root directory of the shown tree lies. A partition that contains it is a view of the volume. */
  readonly root: number | undefined
}

/**
 * The boot images and partitions that are not simply files. Those that begin at one place are one part. Parts with boot
 * images come first, because of two overlapping parts the boot image says more.
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
    // We read nothing of a file to find where it ends.
    const inFile = files.covers(offset, 1)
    const lengths = [
      ...place.images.map((image) => (inFile ? statedLength(image) : bootImageLength(source, image)) ?? 0),
      ...place.partitions.map((partition) => partition.length),
    ]
    const stated = lengths.reduce((most, length) => Math.max(most, length), 0)
    // An EFI image without a stated end reaches to the end of the medium. Here it ends at the next bytes with an owner.
    const end = stated > 0 ? offset + stated : owned.nextStart(offset, source.size)
    const length = Math.min(end, source.size) - offset
    if (files.covers(offset, length)) continue
    // If nothing states the length of an image, the file at its start is the image.
    if (stated === 0 && inFile) continue
    parts.push({ offset, length, ...place, inPart: files.touches(offset, length) })
  }
  return parts.sort((a, b) => Number(b.images.length > 0) - Number(a.images.length > 0) || a.offset - b.offset)
}

/** Whether a partition is a view of the volume, or lies in the system area, which has its own names. */
function isView({ start, length }: Partition, root: number | undefined): boolean {
  const end = start + length
  if (end <= SYSTEM_AREA || start <= SYSTEM_AREA) return true
  return root !== undefined && start <= root && root < end
}

/** A part of the image beside its tree, with its name among the regions. */
export interface NamedPart {
  readonly name: ByteString
  /** Its bytes, or the bytes that files and structures leave of them: [start, end). */
  readonly ranges: readonly (readonly [number, number])[]
}

/** Like `NamedPart`, with the place of the whole part, whoever owns its bytes. */
export interface PlacedPart extends NamedPart, ImagePart {}

/** The most parts that we search for data because files own some of their bytes. */
const PARTS_LIMIT = 64

/**
 * Finds the bytes of each part beside the tree. If files own some bytes of a part, only the rest that is not zeros
 * belongs to it. Zeros may be padding, and a view may reach over several files.
 */
export function withRanges(
  source: ByteSource,
  parts: readonly BesideTree[],
  owned: RangeList,
  limits: Limits,
): PlacedPart[] {
  const budget = { parts: PARTS_LIMIT, bytes: limits.search }
  const names = namesBesideTree(parts)
  return parts.flatMap(({ offset, length: size, inPart }, index) => {
    const name = names[index]!
    const whole: readonly (readonly [number, number])[] = [[offset, offset + size]]
    if (!inPart) return [{ name, offset, size, ranges: whole }]
    if (budget.parts === 0) return []
    const looked = Math.min(size, budget.bytes)
    budget.parts -= 1
    budget.bytes -= looked
    const ranges = nonZeroSectors(source, owned, offset, offset + looked)
    return ranges.length === 0 ? [] : [{ name, offset, size, ranges }]
  })
}
