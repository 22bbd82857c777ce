import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { isNamedLikeImage } from '../../parsers/formats.ts'
import { type Excerpt, excerptAt } from '../owners/excerpt.ts'
import { firstMentions, KINDS, type MentionPlace } from '../owners/mentions.ts'
import { type NamedReference, referenceKey } from '../owners/named-reference.ts'
import { hashOf } from '../owners/names.ts'
import { notReadInFull } from '../owners/owner.ts'
import { placeInImage } from '../owners/place-in-image.ts'
import type { Survey } from './survey.ts'

/** Where a reference stands. */
export interface ReferenceEvidence {
  /**
   * The places of a reference, those that say most first: all of them if the image has been scanned, else one. There is
   * none if a registration has a reference that the path does not, and if it stands in content that cannot be read.
   */
  readonly places: readonly MentionPlace[]
  /** Whether a reference without a place may stand in content that cannot be read. */
  readonly isUnread: boolean
  /** What stands around the hash in the first place, if that was asked for. */
  readonly excerpt?: Excerpt
}

/** Where references stand, as plain data. */
export interface Evidence {
  /** By `referenceKey`. */
  readonly references: ReadonlyMap<string, ReferenceEvidence>
  /** Whether we looked for places: a saved report has no contents. */
  readonly isKnown: boolean
  /** What could not be read of paths that have such references, and of excerpts. */
  readonly failures: readonly FormatError[]
}

/** Finds where references stand: in what a scan has found, where there was one, else in the owners that have them. */
export function evidenceOf(survey: Survey, references: readonly NamedReference[], withExcerpts = false): Evidence {
  const wanted = new Map<ByteString, Map<ByteString, MentionPlace[]>>()
  for (const { from, to } of references) {
    const known = wanted.get(from)
    if (known === undefined) wanted.set(from, new Map([[to, []]]))
    else known.set(to, [])
  }
  const failures = new Map<ByteString, FormatError[]>()
  const fail = (from: ByteString, error: FormatError): void => {
    const known = failures.get(from)
    if (known === undefined) failures.set(from, [error])
    else known.push(error)
  }
  const { scan, saved } = survey.parts
  const isKnown = scan !== undefined || saved === undefined
  if (scan !== undefined) {
    for (const { from, to, path, kind, offset } of scan.mentions)
      wanted.get(from)?.get(to)?.push({ path, kind, offset })
    for (const { owner, error } of scan.failures) fail(owner, error)
  } else if (isKnown) {
    for (const [from, places] of wanted) {
      const owner = survey.owners.get(from)
      if (owner === undefined) continue
      const hashes = new Set(Array.from(places.keys(), hashOf).filter((hash) => hash !== ''))
      const found = firstMentions(owner, [...hashes], (error) => fail(from, error))
      for (const [to, known] of places) {
        const place = found.get(hashOf(to))
        if (place !== undefined) known.push(place)
      }
    }
  }
  const unread = new Set<ByteString>()
  for (const [from, places] of wanted) {
    for (const found of places.values()) {
      found.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))
      if (found.length === 0 && failures.has(from)) unread.add(from)
    }
  }
  const excerptFailures: FormatError[] = []
  const found = new Map<string, ReferenceEvidence>()
  for (const [from, byTarget] of wanted) {
    for (const [to, places] of byTarget) {
      const excerpt = withExcerpts ? excerptIn(survey, from, places[0], excerptFailures) : undefined
      const isUnread = unread.has(from) && places.length === 0
      found.set(referenceKey({ from, to }), {
        places: places.map((place) => insidePlace(survey, from, to, place)),
        isUnread,
        ...(excerpt === undefined ? {} : { excerpt }),
      })
    }
  }
  return {
    references: found,
    isKnown,
    failures: [...[...unread].flatMap((from) => failures.get(from)!), ...excerptFailures],
  }
}

/** The place, or where it is in the image that the file is. We try files that are named like an image. */
function insidePlace(survey: Survey, from: ByteString, to: ByteString, place: MentionPlace): MentionPlace {
  if (place.kind !== 'content' || !isNamedLikeImage(place.path === '' ? from : place.path)) return place
  const owner = survey.owners.get(from)
  return owner === undefined ? place : placeInImage(owner, place, hashOf(to))
}

/** Reads what stands around the first place of a reference. */
function excerptIn(
  survey: Survey,
  from: ByteString,
  place: MentionPlace | undefined,
  failures: FormatError[],
): Excerpt | undefined {
  const owner = place === undefined ? undefined : survey.owners.get(from)
  if (place === undefined || owner === undefined) return undefined
  try {
    return excerptAt(owner, place)
  } catch (error) {
    failures.push(notReadInFull(owner, place.path, asFormatError(error)))
    return undefined
  }
}
