import type { ByteString } from './bytes/byte-string.ts'
import { contentBudget } from './bytes/content-budget.ts'
import { DEFAULT_LIMITS, type Limits } from './bytes/limits.ts'
import { type ByteSource, formatError } from './bytes/source.ts'
import { memorySpool, type Spool } from './bytes/spool.ts'
import type { Decompressors } from './codecs/codec.ts'
import { portableDecoders } from './codecs/decoders.ts'
import { disk } from './disk/format.ts'
import { erofs } from './erofs/format.ts'
import { ext4 } from './ext4/format.ts'
import { fat } from './fat/format.ts'
import type { Format, Range } from './format.ts'
import type { FormatTraits, Image, NameTreeKind } from './image.ts'
import { initrd } from './initrd/format.ts'
import { iso9660 } from './iso9660/format.ts'
import { kernel } from './pe/kernel-format.ts'
import { pe } from './pe/pe-format.ts'
import { vmlinux } from './pe/vmlinux-format.ts'
import { squashfs } from './squashfs/format.ts'

/**
 * All formats that we read, in the order in which we try them. No other file lists them. A hybrid disc begins like a
 * disk, and so does a FAT file system.
 */
export const FORMATS: readonly Format[] = [squashfs, iso9660, erofs, ext4, initrd, kernel, vmlinux, pe, fat, disk]

/** The formats in a sentence: "squashfs, ISO9660, …, FAT, disk image". */
export const FORMAT_TITLES: string = FORMATS.map(({ title }) => title).join(', ')

/** Whether a file is named like an image: of one of the formats, of a root file system, or compressed as a whole. */
export function isNamedLikeImage(name: ByteString): boolean {
  return IMAGE_NAME.test(name)
}

/** Whether a file is named like an image that is compressed as a whole: "disk.img.xz". */
export function isNamedLikeCompressedImage(name: ByteString): boolean {
  return COMPRESSED_NAME.test(name)
}

const EXTENSIONS = FORMATS.flatMap(({ extensions }) => extensions).join('|')
/** Disks have no ending of their own, but most of them are named .img. */
const COMPRESSED_EXTENSIONS = `(?:${EXTENSIONS}|img)\\.(?:zst|xz|lzma|lz4|gz|bz2|lzo)`
const COMPRESSED_NAME = new RegExp(`\\.${COMPRESSED_EXTENSIONS}$`, 'i')
/**
 * A root file system in another image, which only packs it (dracut, dmsquash-live-root.sh; archiso, mkarchiso). Other files
 * named .img are mostly initrds, which we would have to unpack.
 */
const ROOT_NAMES = '^(?:rootfs|ext3fs|airootfs)\\.img'
/** One expression for all kinds, because we test the names of all files. */
const IMAGE_NAME = new RegExp(`(?:\\.(?:${EXTENSIONS}|${COMPRESSED_EXTENSIONS})|${ROOT_NAMES})$`, 'i')

/** The format of a source, and whether the source is damaged; undefined if it has none of these formats. */
export function formatOf(source: ByteSource): { readonly format: Format; readonly isDamaged: boolean } | undefined {
  for (const format of FORMATS) {
    const answer = format.recognise(source)
    if (answer !== 'no') return { format, isDamaged: answer === 'damaged' }
  }
  return undefined
}

/**
 * The tables of an image that has accounts of its own inside another; none for any other file. We do not ask the other
 * formats, because some have to decompress a file to recognise it.
 */
export function tablesOf(source: ByteSource): readonly Range[] {
  for (const { accounts, tableRanges, recognise } of FORMATS) {
    if (accounts === 'own' && tableRanges !== undefined && recognise(source) === 'yes') return tableRanges(source)
  }
  return []
}

/**
 * The traits of a format, by its name. A newer report may name a format that we do not know; its name is then all we
 * have.
 */
export function traitsOf(name: string): FormatTraits {
  const known = FORMATS.find((format) => format.name === name)
  return (
    known ?? {
      name,
      title: name,
      noun: `a ${name} image`,
      extensions: [],
      looksInside: 'on demand',
      accounts: 'own',
      sharesBytes: false,
    }
  )
}

/** Options for an image of any format. */
export interface ImageOptions {
  /** The decoders for its blocks: by default our own, which run everywhere. */
  readonly decompressors?: Decompressors
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
  /** Takes what an image that is compressed as a whole unpacks to: by default memory, of at most 1 GiB. */
  readonly spool?: () => Spool
  /** Which tree of a disc to show: by default the best it has. */
  readonly nameTree?: NameTreeKind
}

/**
 * Opens an image of any format.
 * @throws {FormatError} UNSUPPORTED where it has none of the formats, and as the opener of its format does
 */
export function openAnyImage(source: ByteSource, options: ImageOptions = {}): Image {
  const found = formatOf(source)
  if (found === undefined) {
    throw formatError('UNSUPPORTED', `is none of ${FORMAT_TITLES}`, source, { structure: 'first bytes', offset: 0 })
  }
  const { decompressors = portableDecoders, spool = memorySpool, nameTree } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  return found.format.open(source, {
    decompressors,
    limits,
    budget: contentBudget(limits, source.size),
    spool,
    nameTree,
  })
}
