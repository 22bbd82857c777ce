import type { FormatError } from '../../parsers/bytes/errors.ts'
import { formatBytes, formatCount } from '../present/units.ts'
import { say } from './output.ts'

/**
 * Says on stderr what is wrong with an image. That a file was cut short comes first and explains the rest, which is
 * said only when the user asks for all.
 */
export function tellProblems(problems: readonly FormatError[], verbose: boolean | undefined): void {
  const isExplained = tellCutShort(problems)
  if (!isExplained || verbose === true) for (const { message } of problems) say(message)
}

/** Says that the image file was cut short, if that is among what is wrong with it; returns whether it is. */
export function tellCutShort(problems: readonly FormatError[]): boolean {
  const cut = problems.find(isCutShort)
  if (cut === undefined) return false
  const { source, found, wholeSize } = cut.facts
  say(
    `${source} is cut short: ${sizesText(Number(found), wholeSize!)}; download or copy it again (-v lists what is missing)`,
  )
  return true
}

/** Whether the image file itself, not one inside it, has fewer bytes than its header says. */
function isCutShort({ facts: { wholeSize, outerOffset } }: FormatError): boolean {
  return wholeSize !== undefined && outerOffset === undefined
}

/** "50.0 MiB of 136.0 MiB"; in bytes where both would read alike. */
function sizesText(size: number, wholeSize: number): string {
  const [part, whole] = [formatBytes(size, 'iec'), formatBytes(wholeSize, 'iec')]
  return part === whole ? `${formatCount(size)} of ${formatCount(wholeSize)} bytes` : `${part} of ${whole}`
}
