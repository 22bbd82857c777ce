import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, FormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { type Account, type FilePlace, isBesideTree } from '../inventory/attribution.ts'
import type { Survey } from '../inventory/survey.ts'
import { isSameStream } from '../scan/same-stream.ts'

/** Bytes compared at a time. */
const PIECE = 1 << 20

/**
 * Compares, byte for byte, the parts beside the tree that both images have in the same size: boot images and partitions.
 * @returns whether the two are equal, by name; parts without a list of all their places are absent
 */
export function compareParts(
  old: Survey,
  now: Survey,
): { readonly parts: ReadonlyMap<ByteString, boolean>; readonly problems: readonly FormatError[] } {
  const parts = new Map<ByteString, boolean>()
  const problems: FormatError[] = []
  const news = new Map(now.attribution.accounts.filter(isBesideTree).map((account) => [account.name, account]))
  for (const account of old.attribution.accounts.filter(isBesideTree)) {
    const other = news.get(account.name)
    if (other?.own !== account.own) continue
    const [places, otherPlaces] = [allPlaces(account), allPlaces(other)]
    if (places === undefined || otherPlaces === undefined) continue
    try {
      const isEqual = isSameStream(piecesOf(old.open.file, places), piecesOf(now.open.file, otherPlaces))
      parts.set(account.name, isEqual)
    } catch (error) {
      const { code, detail, facts } = asFormatError(error)
      problems.push(new FormatError(code, `${account.name} cannot be compared: ${detail}`, facts))
    }
  }
  return { parts, problems }
}

/** Where all bytes of an account lie; undefined where only some of its places are known. */
function allPlaces({ places, morePlaces = 0 }: Account): readonly FilePlace[] | undefined {
  return morePlaces === 0 ? places : undefined
}

/** The bytes of a part, in pieces. */
function* piecesOf(source: ByteSource, places: readonly FilePlace[]): Generator<Uint8Array> {
  for (const { offset, length } of places) {
    for (let at = 0; at < length; at += PIECE) yield source.read(offset + at, Math.min(PIECE, length - at))
  }
}
