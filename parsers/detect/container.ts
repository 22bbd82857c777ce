import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { elfFile } from '../elf/elf-file.ts'
import { type SifFile, type SifObject, sifFile } from '../sif/sif-file.ts'
import { isPlausible, startsLikeSquashfs } from '../squashfs/index.ts'

/** A file that holds a squashfs, and other parts that we know. */
export interface Container {
  /** The usual name of such a file. */
  readonly name: 'AppImage' | 'SIF' | 'ELF program'
  /** Where the squashfs begins, in bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** The other parts, by name. A hostile file may place them anywhere, even over each other. */
  readonly parts: readonly ContainerPart[]
}

export interface ContainerPart {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/** Bytes of a SIF file that we search if its descriptors name no partition. siftool aligns the first one to 4 KiB. */
const SEARCHED = 2 ** 28
const SEARCH_STEP = 4096

/** Finds a squashfs that begins after the start of a source, and what surrounds it; undefined if there is none. */
export function findContainer(source: ByteSource): Container | undefined {
  return appImage(source) ?? singularityImage(source)
}

/**
 * A squashfs directly after an ELF program: AppImage's type 2. Some AppImages lack the magic, so we look after every
 * program.
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

/**
 * A Singularity container. We take the squashfs that it runs from, else the first one, else the first that a search
 * finds.
 */
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

/**
 * If descriptors name no partition: an object that begins like a squashfs, or else the first place where one may begin.
 */
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

/** The part of an object that lies inside the file. */
function sliceOf(source: ByteSource, { offset, length }: SifObject): ByteSource {
  const start = Math.min(offset, source.size)
  return sliceSource(source, start, Math.min(length, source.size - start), source.name)
}
