import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { Problems, type ReadProblems } from '../bytes/problems.ts'
import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { runtimeParts } from '../elf/app-image.ts'
import { elfFile } from '../elf/elf-file.ts'
import { isExt } from '../ext4/superblock.ts'
import { raucBundle, signatureSize } from '../rauc/bundle.ts'
import { type SifFile, type SifObject, sifFile } from '../sif/sif-file.ts'
import { isPlausible, squashfsEnd, startsLikeSquashfs } from '../squashfs/index.ts'

/** A file that holds an image, and other parts that we know. */
export interface Container {
  /** The usual name of such a file. */
  readonly name: 'AppImage' | 'SIF' | 'RAUC bundle' | 'ELF program'
  /** Where the image begins, in bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** The other parts, by name. A hostile file may place them anywhere, even over each other. */
  readonly parts: readonly ContainerPart[]
  /** What it says of its content. */
  readonly facts: ContainerFacts
  readonly problems: ReadProblems
}

export interface ContainerPart {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/** What a container says of the application or the system in it. */
export interface ContainerFacts {
  /** "amd64". */
  readonly architecture?: string
  /** Labels, as JSON. */
  readonly labels?: ByteString
  /** The signed manifest of a bundle. */
  readonly manifest?: ByteString
}

/** Bytes of a SIF file that we search if its descriptors name no partition. siftool aligns the first one to 4 KiB. */
const SEARCHED = 2 ** 28
const SEARCH_STEP = 4096
/** Bytes of an AppImage that we search if its program is damaged, and how many at once. Runtimes have less than 1 MiB. */
const SEARCHED_RUNTIME = 2 ** 24
const SEARCHED_PIECE = 2 ** 16
const SQUASHFS_MAGIC = 'hsqs'
/** The kernel reads a squashfs in blocks of so many bytes, and writers pad it to them. */
const SQUASHFS_BLOCK = 4096
/** The longest labels that we read, in bytes. They go into a heading, so the user cannot change this limit. */
const MAX_LABELS = 1 << 16

/** Finds the container that a source is, and the image in it; undefined if there is none. */
export function findContainer(source: ByteSource): Container | undefined {
  return appImage(source) ?? singularityImage(source) ?? bundle(source)
}

/**
 * AppImages: a squashfs directly after an ELF program (type 2), or a disc with a program in its system area (type 1).
 * Some lack the magic, so we look after every program.
 */
function appImage(source: ByteSource): Container | undefined {
  const elf = elfFile(source)
  if (elf === undefined) return undefined
  const { header, end } = elf
  const problems = new Problems(source)
  // The image tells of the program, which lies in it.
  if (header.appImageType === 1) {
    return { name: 'AppImage', offset: 0, size: source.size, parts: [], facts: {}, problems: problems.found() }
  }
  const isAppImage = header.appImageType === 2
  const begins = isAppImage ? startsLikeSquashfs : isPlausible
  const isThere = end < source.size && begins(sliceSource(source, end, source.size - end, source.name))
  const offset = isThere ? end : isAppImage ? searchedSquashfs(source) : undefined
  if (offset === undefined) return undefined
  if (!isThere) {
    problems.lose('MALFORMED', 'the program of this AppImage does not end where its squashfs begins', {
      structure: 'ELF header',
      offset: 0,
      found: end,
      expected: offset,
    })
  }
  const size = source.size - offset
  const name = isAppImage ? 'AppImage' : 'ELF program'
  const parts = isAppImage
    ? runtimeParts(source, header, offset, problems)
    : [{ name: 'program (before the squashfs)', offset: 0, length: offset }]
  return { name, offset, size, parts, facts: {}, problems: problems.found() }
}

/** Where the first squashfs begins that a search finds after the start; undefined if there is none. */
function searchedSquashfs(source: ByteSource): number | undefined {
  const end = Math.min(source.size, SEARCHED_RUNTIME)
  for (let at = 0; at < end; at += SEARCHED_PIECE) {
    // A piece overlaps the next one by less than a magic.
    const piece = byteString(source.read(at, Math.min(SEARCHED_PIECE + SQUASHFS_MAGIC.length - 1, source.size - at)))
    for (let found = piece.indexOf(SQUASHFS_MAGIC); found >= 0; found = piece.indexOf(SQUASHFS_MAGIC, found + 1)) {
      const offset = at + found
      if (isPlausible(sliceSource(source, offset, source.size - offset, source.name))) return offset
    }
  }
  return undefined
}

/**
 * A Singularity container. We take the file system that it runs from, else the first one, else the first that a search
 * finds.
 */
function singularityImage(source: ByteSource): Container | undefined {
  const problems = new Problems(source)
  const sif = sifFile(source, problems)
  if (sif === undefined) return undefined
  const partition = readablePartition(source, sif) ?? searchedPartition(source, sif)
  if (partition === undefined) return undefined
  const { offset, size } = partition
  const { tables, objects, architecture } = sif
  const labels = objects.find(({ isLabels, length }) => isLabels && length <= MAX_LABELS)
  return {
    name: 'SIF',
    offset,
    size,
    parts: [...tables, ...objects.filter(({ offset: start }) => start !== offset)],
    facts: {
      ...(architecture === undefined ? {} : { architecture }),
      ...(labels === undefined ? {} : { labels: textOf(sliceOf(source, labels)) }),
    },
    problems: problems.found(),
  }
}

/** A bundle of RAUC. Its content is a squashfs, unless that is encrypted. */
function bundle(source: ByteSource): Container | undefined {
  const end = squashfsEnd(source)
  if (end === undefined || end >= source.size) return undefined
  const problems = new Problems(source)
  const found = raucBundle(source, end, problems)
  if (found === undefined || found.signature.offset < end) return undefined
  const { signature, sizeOffset } = found
  const size = Math.min(Math.ceil(end / SQUASHFS_BLOCK) * SQUASHFS_BLOCK, signature.offset)
  // Bundles of the format plain have no tree, and a signature without a manifest (RAUC, "Reference", bundle formats).
  const isPlain = signature.manifest === undefined && !signature.isEncrypted
  const tree = { name: 'RAUC hash tree (dm-verity)', offset: size, length: signature.offset - size }
  return {
    name: 'RAUC bundle',
    offset: 0,
    size,
    parts: [
      ...(isPlain ? [] : [tree]),
      { name: 'RAUC signature (CMS)', offset: signature.offset, length: signature.length },
      { name: signatureSize.name, offset: sizeOffset, length: signatureSize.size },
    ],
    facts: signature.manifest === undefined ? {} : { manifest: signature.manifest },
    problems: problems.found(),
  }
}

interface Place {
  readonly offset: number
  readonly size: number
}

/** The partition with a file system that we read: singularity writes squashfs, and ext3 on request. */
function readablePartition(source: ByteSource, { objects }: SifFile): Place | undefined {
  const primary = objects.find(({ isPrimary }) => isPrimary)
  const candidates = primary === undefined ? objects.filter(({ isSquashfs }) => isSquashfs) : [primary]
  const found = candidates.find((object) => {
    const part = sliceOf(source, object)
    return object.isSquashfs ? startsLikeSquashfs(part) : object.isExt && isExt(part)
  })
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

function textOf(source: ByteSource): ByteString {
  return byteString(source.read(0, source.size))
}
