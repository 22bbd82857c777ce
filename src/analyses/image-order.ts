import type { Release } from '../inventory/image-summary.ts'
import { ORDERS } from '../owners/version-order.ts'

/** What images of a series can be ordered by; `given` is the order in which the user names them. */
export const IMAGE_ORDERS = ['version', 'date', 'given'] as const
export type ImageOrder = (typeof IMAGE_ORDERS)[number]

/** Where an image may have a version. */
export type VersionPlace = 'label' | 'volumeId' | 'fileName'

/** An image of a series. */
export interface ReleasedImage {
  /** As the user names it. */
  readonly path: string
  readonly release: Release
}

/** What the images of a series are ordered by. */
export interface UsedOrder {
  readonly by: ImageOrder
  /** For `version`: the places that it was read in, the first one that differs decides. */
  readonly places: readonly VersionPlace[]
}

export interface OrderedImages<Image> {
  readonly order: UsedOrder
  /** Oldest first. Images that are equal in that order stay as they were given. */
  readonly images: readonly Image[]
}

/** In this order: the label changes with every release, and a file may have any name. */
const PLACES: readonly VersionPlace[] = ['label', 'volumeId', 'fileName']

/**
 * Orders images by the version that all of them have, else by their dates, else as given. What is the same in all of them
 * is no order.
 * @param asked what the user wants; undefined for the first that works
 * @returns undefined if not all images have what the user wants
 */
export function orderImages<Image extends ReleasedImage>(
  images: readonly Image[],
  asked?: ImageOrder,
): OrderedImages<Image> | undefined {
  const isAsked = asked !== undefined
  const known = PLACES.filter((place) => images.every((image) => versionOf(image, place) !== undefined))
  const places = known.filter((place) => images.some((image) => order(images[0]!, image, place) !== 0))
  if (isAsked ? asked === 'version' : places.length > 0) {
    if (known.length === 0) return undefined
    return sortedBy(images, { by: 'version', places: places.length > 0 ? places : known.slice(0, 1) }, (one, other) =>
      places.reduce((found, place) => found || order(one, other, place), 0),
    )
  }
  const dates = images.map(({ release }) => release.created)
  const differ = new Set(dates).size > 1
  if (isAsked ? asked === 'date' : differ && !dates.includes(undefined)) {
    if (dates.includes(undefined)) return undefined
    return sortedBy(images, { by: 'date', places: [] }, (a, b) => a.release.created! - b.release.created!)
  }
  return { order: { by: 'given', places: [] }, images }
}

function sortedBy<Image>(
  images: readonly Image[],
  used: UsedOrder,
  compare: (one: Image, other: Image) => number,
): OrderedImages<Image> {
  return { order: used, images: [...images].sort(compare) }
}

/** Pacman's order has a "pre" and an "rc" before the release, as NixOS counts: 26.11pre, 26.11. */
const versionOrder = ORDERS['pacman']!

function order(one: ReleasedImage, other: ReleasedImage, place: VersionPlace): number {
  return versionOrder(versionOf(one, place)!, versionOf(other, place)!)
}

/** The version of an image in a place; undefined if it has none there. */
export function versionOf({ path, release }: ReleasedImage, place: VersionPlace): string | undefined {
  const { label, volumeId } = release
  if (place === 'fileName') return versionIn(path.replace(/^.*[/\\](?=.)/, '').replace(ENDINGS, ''))
  return versionIn((place === 'label' ? label : volumeId) ?? '')
}

/** The ending of a file, which may have digits of its own: ".ext4.zst". */
const ENDINGS = /\.[A-Za-z][A-Za-z0-9]*(?:\.(?:zst|xz|lzma|lz4|gz|bz2|lzo))?$/
/** A hash is no version, but may begin with a digit. */
const HASHES = /[0-9a-z]{32,}/gi

/**
 * The version in a name: what begins with a number that no letter stands before, as in "nixos-26.11-x86_64" and "app-v2.1",
 * else a number at the end, as in "nightly42".
 */
function versionIn(name: string): string | undefined {
  const text = name.replace(HASHES, '')
  return (/(?:^|[^A-Za-z0-9])v?(\d.*)$/is.exec(text) ?? /(\d+)$/.exec(text))?.[1]
}
