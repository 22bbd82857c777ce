import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
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

/** Whether two files have the same content. A file that we cannot read has the content of no other. */
export function isSameContent(
  one: OpenImage,
  entry: Entry,
  other: OpenImage,
  counterpart: Entry,
  comparison: Comparison,
): boolean {
  try {
    return isSameStream(readerOf(one, comparison).chunks(entry), readerOf(other, comparison).chunks(counterpart))
  } catch (error) {
    noteProblem(comparison, error)
    return false
  }
}
