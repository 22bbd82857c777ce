import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import type { PathLine, PlaceLine, WhyDependsLine } from '../../analyses/why-depends.ts'

const GREY = '\x1b[38;5;244m'
const GREEN = '\x1b[32;1m'
const BLUE = '\x1b[34;1m'
const NORMAL = '\x1b[0m'

// The same UTF-8 bytes as Nix writes.
const BRANCH = byteStringOfText('├───')
const LAST_BRANCH = byteStringOfText('└───')
const LEVEL = byteStringOfText('│   ')
const NO_LEVEL = '    '
const ARROW = byteStringOfText('→ ')
const ELLIPSIS = byteStringOfText('…')

const LEADS = {
  none: '',
  arrow: ARROW,
  branch: BRANCH,
  'last branch': LAST_BRANCH,
  further: LEVEL,
  'further last': NO_LEVEL,
} as const

export interface WhyDependsStyle {
  /** Full paths by number. */
  readonly paths: (path: number) => ByteString
  /** Whether to write places, as Nix does with --precise, which also changes the ends of the path lines. */
  readonly precise: boolean
  readonly color: boolean
  /** Makes names and targets safe for the output; Nix writes them as they are. */
  readonly safe: (bytes: ByteString) => ByteString
}

/**
 * A line of `nix why-depends`, without the end of line: with colour the same bytes, else without the escape sequences.
 */
export function whyDependsLine(line: WhyDependsLine, style: WhyDependsStyle): ByteString {
  let indent = ''
  for (const level of line.levels) indent += level === '|' ? LEVEL : NO_LEVEL
  return indent + (line.kind === 'path' ? pathText(line, style) : LEADS[line.lead] + placeText(line, style))
}

function pathText({ path, lead, visited }: PathLine, { paths, precise, color }: WhyDependsStyle): ByteString {
  const text = LEADS[lead] + paths(path)
  // The first path has no escape sequences if no places follow it.
  if (!color || (lead === 'none' && !precise)) return text
  return (visited ? GREY : '') + text + NORMAL
}

function placeText({ place, isTarget }: PlaceLine, { color, safe }: WhyDependsStyle): ByteString {
  const { path, kind } = place
  const { before, hash, after } = place.excerpt
  const name = path === '' ? '/' : safe(path)
  const shown = color ? (isTarget ? GREEN : BLUE) + hash + NORMAL : hash
  if (kind === 'target') return `${name} -> ${safe(before)}${shown}${safe(after)}`
  return `${name}: ${ELLIPSIS}${dotted(before)}${shown}${dotted(after)}${ELLIPSIS}`
}

/** Replaces every byte that is not printable ASCII by a dot. */
function dotted(bytes: ByteString): ByteString {
  return bytes.replace(/[^ -~]/g, '.')
}
