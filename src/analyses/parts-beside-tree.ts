import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, FormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { isSameStream, piecesOf } from '../images/same-bytes.ts'
import { type Account, type Attribution, type FilePlace, isBesideTree } from '../inventory/attribution.ts'
import type { Contents } from '../inventory/contents.ts'

/** An image whose contents we compare with those of another. */
export interface ComparedSide extends Contents {
  readonly attribution: Attribution
}

/**
 * Compares byte for byte the parts beside the tree that both images have in the same size: boot images and partitions.
 * @returns whether they are equal, by name; without parts whose places we do not know completely
 */
export function compareParts(
  old: ComparedSide,
  now: ComparedSide,
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
      const isEqual = isSameStream(bytesAt(old.open.file, places), bytesAt(now.open.file, otherPlaces))
      parts.set(account.name, isEqual)
    } catch (error) {
      const { code, detail, facts } = asFormatError(error)
      problems.push(new FormatError(code, `${account.name} cannot be compared: ${detail}`, facts))
    }
  }
  return { parts, problems }
}

/** All places of an account's bytes; undefined if we know only some of them. */
function allPlaces({ places, morePlaces = 0 }: Account): readonly FilePlace[] | undefined {
  return morePlaces === 0 ? places : undefined
}

/** The bytes of a part, in pieces. */
function* bytesAt(source: ByteSource, places: readonly FilePlace[]): Generator<Uint8Array> {
  for (const { offset, length } of places) yield* piecesOf(source, offset, length)
}
