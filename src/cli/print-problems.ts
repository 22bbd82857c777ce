import type { FormatError } from '../../parsers/bytes/errors.ts'
import { cutShortText, isCauseOfCut } from '../present/text/cut-short.ts'
import { say } from './output.ts'

/**
 * Reports the problems of an image on stderr. If the file was cut short, that comes first and explains the rest. The
 * rest then appears only if the user asks for it.
 */
export function printProblems(problems: readonly FormatError[], verbose: boolean | undefined): void {
  const isExplained = printCutShort(problems)
  const rest = isExplained
    ? problems.filter((problem) => verbose === true && !isCauseOfCut(problem, problems))
    : problems
  for (const { message } of rest) say(message)
}

/** Reports that the image file was cut short, if that is one of the problems. It returns whether it is. */
export function printCutShort(problems: readonly FormatError[]): boolean {
  const text = cutShortText(problems)
  if (text === undefined) return false
  // What unpacks to less than a whole image is damaged or cut short itself.
  for (const problem of problems) if (isCauseOfCut(problem, problems)) say(problem.message)
  say(`${text} (-v lists what is missing)`)
  return true
}
