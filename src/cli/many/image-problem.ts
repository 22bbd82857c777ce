import { type ErrorCode, FormatError } from '../../../parsers/bytes/errors.ts'
import { explained } from '../../images/explained.ts'
import { jsonText } from '../../present/json/json-text.ts'
import { cutShortText } from '../../present/text/cut-short.ts'
import { UsageError } from '../exit-codes.ts'
import { imageFileOf } from '../image-file.ts'
import { MistypedWord } from '../mistyped-word.ts'

/** Why there is no answer about an image of many, or no whole one. */
export interface ImageProblem {
  /** `USAGE`: the options do not fit the image. `INTERNAL`: an error of our own, or the end of our process. */
  readonly code: ErrorCode | 'USAGE' | 'INTERNAL'
  /** One sentence that names the image. */
  readonly message: string
}

/** There is a report of an image, and it is not whole. */
export class IncompleteImage extends Error {
  override readonly name = 'IncompleteImage'
  readonly problem: ImageProblem

  constructor(problem: ImageProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** The problem behind an error. One image must not keep us from the others, so our own errors are told too. */
export async function problemOf(thrown: unknown, image: string): Promise<ImageProblem> {
  if (thrown instanceof IncompleteImage) return thrown.problem
  if (thrown instanceof MistypedWord) return { code: 'IO', message: `${image}: no such file` }
  const error = thrown instanceof FormatError ? await explained(thrown, imageFileOf(thrown.facts.source)) : thrown
  if (error instanceof FormatError) return { code: error.code, message: error.message }
  if (error instanceof UsageError) {
    const { cause, message } = error
    const code = cause instanceof FormatError ? cause.code : cause === undefined ? 'USAGE' : 'IO'
    return { code, message }
  }
  return { code: 'INTERNAL', message: `${image}: internal error: ${(error as Error).message}` }
}

/** Why an answer is not whole: the image is cut short, or else the first of its problems. */
export function incompleteness(problems: readonly FormatError[], image: string): ImageProblem {
  const cut = cutShortText(problems)
  if (cut !== undefined) return { code: 'TRUNCATED', message: cut }
  const [first] = problems
  if (first === undefined) return { code: 'MALFORMED', message: `${image}: cannot be read in full` }
  return { code: first.code, message: first.message }
}

/** A file that is no longer the one that was read. */
export function changed(image: string): ImageProblem {
  return { code: 'IO', message: `${image}: the file changed while it was read` }
}

/** The row of a problem, as a line of NDJSON. */
export function problemLine(image: string, error: ImageProblem): string {
  return `${jsonText({ image, error })}\n`
}
