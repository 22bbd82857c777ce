import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { elfFile } from '../elf/elf-file.ts'
import { type SifFile, type SifObject, sifFile } from '../sif/sif-file.ts'
import { isPlausible, startsLikeSquashfs } from '../squashfs/index.ts'

/** A file that has a squashfs in it, and around it other things of which it is known what they are. */
export interface Container {
  /** What people call such a file. */
  readonly name: 'AppImage' | 'SIF' | 'ELF program'
  /** Where the squashfs lies. Bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** What else is in it, by name; a hostile file's parts lie anywhere, over each other too. */
  readonly parts: readonly ContainerPart[]
}

export interface ContainerPart {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/** What of a SIF file is searched where its descriptors name no partition: siftool aligns the first one to 4 KiB. */
const SEARCHED = 2 ** 28
const SEARCH_STEP = 4096

/** What surrounds a squashfs that begins behind the start of a source; undefined where there is none. */
export function findContainer(source: ByteSource): Container | undefined {
  return appImage(source) ?? singularityImage(source)
}

/**
 * A squashfs right behind an ELF program: AppImage's type 2. Some are made without AppImage's magic, so that any program
 * is looked behind.
 */
function appImage(source: ByteSource): Container | undefined {
  const elf = elfFile(source)
  if (elf === undefined || elf.end >= source.size) return undefined
  const { end: offset } = elf
  const size = source.size - offset
  const isAppImage = elf.appImageType === 2
  const found = (isAppImage ? startsLikeSquashfs : isPlausible)(sliceSource(source, offset, size, source.name))
  if (!found) return undefined
  const name = isAppImage ? 'AppImage' : 'ELF program'
  const part = isAppImage ? 'AppImage runtime (before the squashfs)' : 'program (before the squashfs)'
  return { name, offset, size, parts: [{ name: part, offset: 0, length: offset }] }
}

/** A Singularity container: the squashfs that it runs from, or the first, or the first that is found. */
function singularityImage(source: ByteSource): Container | undefined {
  const sif = sifFile(source)
  if (sif === undefined) return undefined
  const partition = squashfsPartition(source, sif) ?? searchedPartition(source, sif)
  if (partition === undefined) return undefined
  const { offset, size } = partition
  const tables = sif.tables.map((table) => ({ ...table, name: 'SIF header and descriptors' }))
  const objects = sif.objects.map(({ name, offset: start, length }) => ({ name, offset: start, length }))
  return { name: 'SIF', offset, size, parts: [...tables, ...objects.filter(({ offset: start }) => start !== offset)] }
}

interface Place {
  readonly offset: number
  readonly size: number
}

function squashfsPartition(source: ByteSource, { objects }: SifFile): Place | undefined {
  const primary = objects.find(({ isPrimary }) => isPrimary)
  const candidates = primary === undefined ? objects.filter(({ isSquashfs }) => isSquashfs) : [primary]
  const found = candidates.find((object) => object.isSquashfs && startsLikeSquashfs(sliceOf(source, object)))
  return found && { offset: found.offset, size: sliceOf(source, found).size }
}

/** Where descriptors name no partition: an object that begins like a squashfs, or a place at which one may begin. */
function searchedPartition(source: ByteSource, { objects }: SifFile): Place | undefined {
  if (objects.some(({ fileSystem }) => fileSystem !== undefined)) return undefined
  const object = objects.find((some) => isPlausible(sliceOf(source, some)))
  if (object !== undefined) return { offset: object.offset, size: sliceOf(source, object).size }
  const end = Math.min(source.size, SEARCHED)
  for (let offset = SEARCH_STEP; offset < end; offset += SEARCH_STEP) {
    const size = source.size - offset
    if (isPlausible(sliceSource(source, offset, size, source.name))) return { offset, size }
  }
  return undefined
}

/** What of an object lies in the file. */
function sliceOf(source: ByteSource, { offset, length }: SifObject): ByteSource {
  const start = Math.min(offset, source.size)
  return sliceSource(source, start, Math.min(length, source.size - start), source.name)
}
