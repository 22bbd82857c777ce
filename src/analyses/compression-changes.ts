import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { nameOf } from '../owners/names.ts'
import { holdingSquashfs } from './holding-image.ts'

type Squashfs = ImageSummary['squashfs'][number]

export type Compression = Omit<Squashfs, 'path' | 'otherNames'>

/** A squashfs with a new compression. */
export interface CompressionChange {
  /** Its paths in the old and in the new image; "/" for the image itself. */
  readonly oldPath: ByteString
  readonly path: ByteString
  readonly before: Compression
  readonly after: Compression
}

/** The sides of a comparison, as far as squashfs images depend on them. */
type Side = Pick<Inventory, 'image' | 'attribution'>

/** The squashfs images of two images whose compression differs. */
export function compressionChanges(old: Side, now: Side): readonly CompressionChange[] {
  return pairs(old, now).flatMap(([before, after]) =>
    before.compressor === after.compressor &&
    before.compressorOptions === after.compressorOptions &&
    before.blockSize === after.blockSize
      ? []
      : [{ oldPath: before.path, path: after.path, before: compressionOf(before), after: compressionOf(after) }],
  )
}

function compressionOf({ compressor, compressorOptions, blockSize }: Squashfs): Compression {
  return { compressor, compressorOptions, blockSize }
}

/**
 * Pairs squashfs images: by any of their names, then by what is in them, where of equal ones those with one compressor
 * come first. If one is left on each side, these are a pair too.
 */
function pairs(old: Side, now: Side): readonly (readonly [Squashfs, Squashfs])[] {
  const [olds, news] = [new Set(old.image.squashfs), new Set(now.image.squashfs)]
  const pairOf = new Map<Squashfs, Squashfs>()
  const pair = (before: Squashfs, after: Squashfs): void => {
    if (!olds.has(before) || !news.has(after)) return
    olds.delete(before)
    news.delete(after)
    pairOf.set(after, before)
  }
  for (const after of now.image.squashfs) {
    const names = new Set(namesOf(after))
    const before = [...olds].find((some) => namesOf(some).some((name) => names.has(name)))
    if (before !== undefined) pair(before, after)
  }
  const candidates = olds.size === 0 || news.size === 0 ? [] : byCommonBytes([...olds], [...news], old, now)
  for (const { before, after } of candidates) pair(before, after)
  if (olds.size === 1 && news.size === 1) pair([...olds][0]!, [...news][0]!)
  return now.image.squashfs.flatMap((after) => {
    const before = pairOf.get(after)
    return before === undefined ? [] : [[before, after]]
  })
}

function namesOf({ path, otherNames = [] }: Squashfs): readonly ByteString[] {
  return [path, ...otherNames]
}

/** The pairs that have contents of equal names, those with most bytes of them first. */
function byCommonBytes(
  olds: readonly Squashfs[],
  news: readonly Squashfs[],
  old: Side,
  now: Side,
): readonly { readonly before: Squashfs; readonly after: Squashfs }[] {
  const before = olds.map((squashfs) => ({ squashfs, contents: contentsOf(squashfs, old) }))
  const after = news.map((squashfs) => ({ squashfs, contents: contentsOf(squashfs, now) }))
  return before
    .flatMap((one) =>
      after.map((other) => {
        let common = 0
        for (const [name, bytes] of one.contents) common += Math.min(bytes, other.contents.get(name) ?? 0)
        const isSameCompressor = one.squashfs.compressor === other.squashfs.compressor
        return { before: one.squashfs, after: other.squashfs, common, isSameCompressor }
      }),
    )
    .filter(({ common }) => common > 0)
    .sort((a, b) => b.common - a.common || Number(b.isSameCompressor) - Number(a.isSameCompressor))
}

/** Unpacked bytes in a squashfs, by the names of owners and by paths in it. */
function contentsOf({ path }: Squashfs, side: Side): ReadonlyMap<string, number> {
  const contents = new Map<string, number>()
  const squashfsOf = holdingSquashfs(side)
  for (const { kind, name, region, owner, unpacked } of side.attribution.accounts) {
    if (squashfsOf(region) !== path || (owner === undefined && kind !== 'file')) continue
    const key = owner === undefined ? name.slice(path.length) : nameOf(owner)
    contents.set(key, (contents.get(key) ?? 0) + unpacked)
  }
  return contents
}
