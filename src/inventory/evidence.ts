import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { firstMentions, KINDS, type MentionPlace } from '../owners/nix/mentions.ts'
import { HASH_LENGTH } from '../owners/nix/reference-scanner.ts'
import type { Survey } from './survey.ts'

/** A reference by base names. */
export interface NamedReference {
  readonly from: ByteString
  readonly to: ByteString
}

/** Where the image contains references. */
export interface Evidence {
  /**
   * The places of a reference, those that say most first: all of them if we scanned the image, else one. It is empty if
   * a registered reference appears nowhere in the path, or only in content that we cannot read.
   */
  placesOf(reference: NamedReference): readonly MentionPlace[]
  /** Whether a reference without a place may be in content that we cannot read. */
  isUnread(reference: NamedReference): boolean
  /** Whether we searched: a saved report has no contents. */
  readonly isKnown: boolean
  /** The errors of paths with these references that we could not read. */
  readonly failures: readonly FormatError[]
}

/** Finds the places of references in the results of a scan, if there was one, else in the store paths themselves. */
export function evidenceOf(survey: Survey, references: readonly NamedReference[]): Evidence {
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
    for (const { path, error } of scan.failures) fail(path, error)
  } else if (isKnown) {
    for (const [from, places] of wanted) {
      const object = survey.objects.get(from)
      if (object === undefined) continue
      const hashes = new Set([...places.keys()].map((to) => to.slice(0, HASH_LENGTH)))
      const found = firstMentions(object, [...hashes], (error) => fail(from, error))
      for (const [to, known] of places) {
        const place = found.get(to.slice(0, HASH_LENGTH))
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
  const placesOf = ({ from, to }: NamedReference): readonly MentionPlace[] => wanted.get(from)?.get(to) ?? []
  return {
    placesOf,
    isKnown,
    isUnread: (reference) => unread.has(reference.from) && placesOf(reference).length === 0,
    failures: [...unread].flatMap((from) => failures.get(from)!),
  }
}
