import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { firstMentions, KINDS, type MentionPlace } from '../store/first-mentions.ts'
import { HASH_LENGTH } from '../store/reference-scanner.ts'
import type { Survey } from './survey.ts'

/** A reference by base names. */
export interface NamedReference {
  readonly from: ByteString
  readonly to: ByteString
}

/** Where references stand. */
export interface Evidence {
  /**
   * The places of a reference, those that say most first: all of them where the image has been scanned, else one. None
   * where a registration has a reference that is nowhere in the path.
   */
  placesOf(reference: NamedReference): readonly MentionPlace[]
  /** Whether it was looked for: a saved report has no contents. */
  readonly isKnown: boolean
  /** What could not be read. */
  readonly failures: readonly FormatError[]
}

/** Finds where references stand: in what a scan has found, where there was one, else in the store paths that have them. */
export function evidenceOf(survey: Survey, references: readonly NamedReference[]): Evidence {
  const wanted = new Map<ByteString, Map<ByteString, readonly MentionPlace[]>>()
  for (const { from, to } of references) {
    const known = wanted.get(from)
    if (known === undefined) wanted.set(from, new Map([[to, []]]))
    else known.set(to, [])
  }
  const { scan, saved } = survey.parts
  const isKnown = scan !== undefined || saved === undefined
  const failures: FormatError[] = []
  if (scan !== undefined) {
    for (const { from, to, path, kind, offset } of scan.mentions) {
      const places = wanted.get(from)?.get(to)
      if (places !== undefined) wanted.get(from)!.set(to, [...places, { path, kind, offset }])
    }
    for (const places of wanted.values()) {
      for (const [to, found] of places)
        places.set(
          to,
          [...found].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
        )
    }
  } else if (isKnown) {
    for (const [from, places] of wanted) {
      const object = survey.objects.get(from)
      if (object === undefined) continue
      try {
        const found = firstMentions(object, [...new Set([...places.keys()].map((to) => to.slice(0, HASH_LENGTH)))])
        for (const to of places.keys()) {
          const place = found.get(to.slice(0, HASH_LENGTH))
          if (place !== undefined) places.set(to, [place])
        }
      } catch (error) {
        failures.push(asFormatError(error))
      }
    }
  }
  return { failures, isKnown, placesOf: ({ from, to }) => wanted.get(from)?.get(to) ?? [] }
}
