import type { FormatError } from '../../../parsers/bytes/errors.ts'
import { unpackedName } from '../../../parsers/codecs/unpacked-source.ts'
import { formatBytes, formatCount } from '../units.ts'

/** "nixos.iso is cut short: 50.0 MiB of 136.0 MiB; download or copy it again"; undefined if that is none of the problems. */
export function cutShortText(problems: readonly FormatError[]): string | undefined {
  const cut = problems.find(isCutShort)
  if (cut === undefined) return undefined
  const { source, found, wholeSize } = cut.facts
  return `${source} is cut short: ${sizesText(Number(found), wholeSize!)}; download or copy it again`
}

/** Whether a problem is the damage of the stream that unpacks to an image that is cut short. */
export function isCauseOfCut({ facts: { source } }: FormatError, problems: readonly FormatError[]): boolean {
  const cut = problems.find(isCutShort)
  return cut !== undefined && cut.facts.source === unpackedName({ name: source })
}

/** Whether the image file itself, and not one inside it, has fewer bytes than its header says. */
function isCutShort({ facts: { wholeSize, outerOffset } }: FormatError): boolean {
  return wholeSize !== undefined && outerOffset === undefined
}

/** "50.0 MiB of 136.0 MiB"; in bytes if both would look equal. */
function sizesText(size: number, wholeSize: number): string {
  const [part, whole] = [formatBytes(size, 'iec'), formatBytes(wholeSize, 'iec')]
  return part === whole ? `${formatCount(size)} of ${formatCount(wholeSize)} bytes` : `${part} of ${whole}`
}
