import type { ExcerptCell } from '../../views/cell.ts'
import { bold, dim, type TextStyle } from './style.ts'

/** How many bytes we show on each side, as `nix why-depends --precise` does. */
const MAX_MARGIN = 32

/** A part of some content with as much of what stands around it as fits a width. */
export function excerptText({ before, match, after }: ExcerptCell, width: number, style: TextStyle): string {
  const margin = Math.min(MAX_MARGIN, Math.max(Math.floor((width - match.length - 2) / 2), 0))
  const left = dotted(before.slice(Math.max(before.length - margin, 0)))
  return `${dim(`…${left}`, style)}${bold(dotted(match), style)}${dim(`${dotted(after.slice(0, margin))}…`, style)}`
}

function dotted(bytes: string): string {
  return bytes.replace(/[^ -~]/g, '.')
}
