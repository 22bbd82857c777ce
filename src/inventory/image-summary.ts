import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../images/open-image.ts'
import { childrenOf } from '../images/resolve-path.ts'
import { partOfFile } from '../ledger/costs-in.ts'
import { isPackage } from '../owners/names.ts'
import { ownersIn } from '../owners/owners-in.ts'
import type { Application } from './applications/application.ts'
import { applicationIn } from './applications/find-application.ts'
import type { Attribution } from './attribution.ts'
import { type OperatingSystem, operatingSystemIn, type SystemOfImage, systemsIn } from './operating-system.ts'
import { ownerTotals } from './owner-totals.ts'

/** What the headers of the image say about it. */
export interface ImageSummary {
  readonly name: string
  readonly size: number
  /** The name of its format: "iso9660". */
  readonly format: string
  /** The offset of the image in its file, in bytes; absent if it begins at the start. */
  readonly offset?: number
  /** The kind of file that contains the image, such as "AppImage"; absent if we do not know it. */
  readonly container?: string
  /** The name of the tool if the image is compressed as a whole: "zstd". */
  readonly compression?: string
  /** Bytes of the image if it is compressed as a whole. */
  readonly unpackedSize?: number
  readonly volumeId: string | null
  /** NixOS's label, from /version.txt. */
  readonly label: string | null
  /** When the image was made, in seconds since 1970, as its descriptor or superblock says; absent if it does not. */
  readonly created?: number
  /** The operating system of the owners in it; absent if no file tells. */
  readonly os?: OperatingSystem
  /** Those of the images inside; absent if all are of one. */
  readonly systems?: readonly SystemOfImage[]
  /** The application or the system that the file is a package of; absent for other images. */
  readonly application?: Application
  /** The squashfs images with accounts of their own. */
  readonly squashfs: readonly {
    readonly path: ByteString
    /** Its other paths, if its file is hard-linked. */
    readonly otherNames?: readonly ByteString[]
    readonly compressor: string
    readonly compressorOptions: string | null
    readonly blockSize: number
  }[]
  /** With packages that have no files. */
  readonly owners: number
  /** Those of the owners that are packages. */
  readonly packages: number
  /** Whether we could read the whole image. */
  readonly complete: boolean
}

/** The longest version.txt that we show. It goes into a heading, so the user cannot change this limit. */
const MAX_LABEL = 256

function ownerCounts(open: OpenImage, { accounts }: Attribution): Pick<ImageSummary, 'owners' | 'packages'> {
  const { model, images } = ownersIn(open)
  const keys = new Set(ownerTotals(accounts).keys())
  const withoutFiles = model.withoutEntries?.(images, keys).size ?? 0
  return { owners: keys.size + withoutFiles, packages: [...keys].filter(isPackage).length + withoutFiles }
}

export async function imageSummary(open: OpenImage, attribution: Attribution): Promise<ImageSummary> {
  const { image, file, container, compression } = open
  const { offset } = partOfFile(open)
  const os = operatingSystemIn(open)
  const systems = systemsIn(open)
  const application = await applicationIn(open)
  return {
    name: file.name,
    size: file.size,
    format: image.format.name,
    ...(offset === 0 ? {} : { offset }),
    ...(container === undefined ? {} : { container: container.name }),
    ...(compression === undefined ? {} : { compression, unpackedSize: image.source.size }),
    ...releaseOf(open),
    ...(os === undefined ? {} : { os }),
    ...(systems.length === 0 ? {} : { systems }),
    ...(application === undefined ? {} : { application }),
    squashfs: attribution.images
      .filter(({ facts }) => facts['compressor'] !== undefined)
      .map(({ path, otherNames, facts }) => ({
        path,
        ...(otherNames === undefined ? {} : { otherNames }),
        compressor: String(facts['compressor']),
        compressorOptions: facts['compressorOptions'] === undefined ? null : String(facts['compressorOptions']),
        blockSize: Number(facts['blockSize']),
      })),
    ...ownerCounts(open, attribution),
    complete: attribution.complete,
  }
}

/** Which release an image is of, as its headers say: what tells it from others of a series. */
export type Release = Pick<ImageSummary, 'volumeId' | 'label' | 'created'>

export function releaseOf(open: OpenImage): Release {
  const { facts, format } = open.image
  const volumeId = facts['volumeId']
  const created = createdIn(facts)
  return {
    volumeId: typeof volumeId === 'string' && volumeId !== '' ? volumeId : null,
    label: format.looksInside === 'files' ? readLabel(open) : null,
    ...(created === undefined ? {} : { created }),
  }
}

/** The volume creation date of an ISO, or the time of mksquashfs. Both may be unset, or no date. */
function createdIn({ created, mkfsTime }: OpenImage['image']['facts']): number | undefined {
  const seconds = typeof created === 'string' ? Math.floor(Date.parse(created) / 1000) : mkfsTime
  return typeof seconds === 'number' && seconds > 0 ? seconds : undefined
}

/** The content of /version.txt, which NixOS writes into its ISOs. */
function readLabel(open: OpenImage): string | null {
  const { image, reader } = open
  const root = image.tree.entry(0)
  const entry = childrenOf(image, root).find((child) => child.name === 'version.txt' && child.type === 'file')
  if (entry === undefined || entry.size > MAX_LABEL) return null
  try {
    const text = [...reader.chunks(entry)].map((chunk) => new TextDecoder().decode(chunk)).join('')
    return text.trim() === '' ? null : text.trim()
  } catch {
    // A damaged label must not keep us from reporting the sizes, which show the damage too.
    return null
  }
}
