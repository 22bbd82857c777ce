import type { FormatError } from '../../parsers/bytes/errors.ts'
import { unpackedName } from '../../parsers/codecs/unpacked-source.ts'
import { formatBytes, formatCount } from '../present/units.ts'
import { say } from './output.ts'

/**
 * Reports the problems of an image on stderr. If the file was cut short, that comes first and explains the rest. The
 * rest then appears only if the user asks for it.
 */
export function printProblems(problems: readonly FormatError[], verbose: boolean | undefined): void {
  const isExplained = printCutShort(problems)
  const rest = isExplained
    ? problems.filter((problem) => verbose === true && !isToldFirst(problem, problems))
    : problems
  for (const { message } of rest) say(message)
}

/** Reports that the image file was cut short, if that is one of the problems. It returns whether it is. */
export function printCutShort(problems: readonly FormatError[]): boolean {
  const cut = problems.find(isCutShort)
  if (cut === undefined) return false
  // What unpacks to less than a whole image is damaged or cut short itself.
  for (const problem of problems) if (isToldFirst(problem, problems)) say(problem.message)
  const { source, found, wholeSize } = cut.facts
  say(
    `${source} is cut short: ${sizesText(Number(found), wholeSize!)}; download or copy it again (-v lists what is missing)`,
  )
  return true
}

/** Whether the image file itself, and not one inside it, has fewer bytes than its header says. */
function isCutShort({ facts: { wholeSize, outerOffset } }: FormatError): boolean {
  return wholeSize !== undefined && outerOffset === undefined
}

/** Whether a problem is the damage of the stream that unpacks to an image that is cut short. */
function isToldFirst({ facts: { source } }: FormatError, problems: readonly FormatError[]): boolean {
  const cut = problems.find(isCutShort)
  return cut !== undefined && cut.facts.source === unpackedName({ name: source })
}

/** "50.0 MiB of 136.0 MiB"; in bytes if both would look equal. */
function sizesText(size: number, wholeSize: number): string {
  const [part, whole] = [formatBytes(size, 'iec'), formatBytes(wholeSize, 'iec')]
  return part === whole ? `${formatCount(size)} of ${formatCount(wholeSize)} bytes` : `${part} of ${whole}`
}
