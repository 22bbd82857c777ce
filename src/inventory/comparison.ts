import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { isSlow, readAhead } from '../../parsers/bytes/source.ts'
import type { Entry } from '../../parsers/image.ts'
import type { ContentReader } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { isSameStream } from '../images/same-bytes.ts'

/**
 * The content that we compare, in bytes: a second of unpacking. Large files come first, so what is left out is small.
 */
const COMPARED = 128 << 20

/** How many different problems we tell. */
const MAX_WARNINGS = 20

/** Compares contents, as long as its budget lasts. */
export interface Comparison {
  left: number
  /** Whether we left something out. */
  complete: boolean
  readonly warnings: FormatError[]
  readonly readers: Map<OpenImage, ContentReader>
}

/** @param most how many bytes of content to compare */
export function startComparison(most: number = COMPARED): Comparison {
  return { left: most, complete: true, warnings: [], readers: new Map() }
}

/** Takes content from the budget of a comparison. If there is too little left, we compare nothing of it. */
export function affords(comparison: Comparison, bytes: number): boolean {
  if (bytes > comparison.left) {
    comparison.complete = false
    return false
  }
  comparison.left -= bytes
  return true
}

/** Notes that we cannot read a file. Of a damaged block that has many files, we tell once. */
export function noteProblem({ warnings }: Comparison, error: unknown): void {
  const problem = asFormatError(error)
  const isKnown = warnings.some(({ message }) => message === problem.message)
  if (!isKnown && warnings.length < MAX_WARNINGS) warnings.push(problem)
}

/** A reader that keeps its last blocks, so that files of one image may be compared too. */
export function readerOf(open: OpenImage, { readers }: Comparison): ContentReader {
  const known = readers.get(open) ?? open.reader.recycling()
  readers.set(open, known)
  return known
}

/** Tells a source whose bytes are slow to get that all content of a file is read. */
export function readContentAhead({ image }: OpenImage, entry: Entry): void {
  if (!isSlow(image.source)) return
  for (const { offset, storedLength } of image.runs(entry)) readAhead(image.source, offset, storedLength)
}

/** The content of a file. Who asks for a second piece found no difference in the first, and mostly asks for all. */
function* contentOf(open: OpenImage, entry: Entry, comparison: Comparison): Generator<Uint8Array> {
  const pieces = readerOf(open, comparison).chunks(entry)
  const { done, value } = pieces.next()
  if (done === true) return
  yield value
  readContentAhead(open, entry)
  yield* pieces
}

/** Whether two files have the same content. A file that we cannot read has the content of no other. */
export function isSameContent(
  one: OpenImage,
  entry: Entry,
  other: OpenImage,
  counterpart: Entry,
  comparison: Comparison,
): boolean {
  try {
    return isSameStream(contentOf(one, entry, comparison), contentOf(other, counterpart, comparison))
  } catch (error) {
    noteProblem(comparison, error)
    return false
  }
}
