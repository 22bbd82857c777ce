import type { ChosenCut } from '../../analyses/cuts.ts'
import { formatBytes, plural, type Unit } from '../units.ts'
import { arrowText } from './arrow.ts'
import { dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'

export interface CutsTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** What a path is called, by its number. */
  readonly names: readonly string[]
  /** How many cuts we show. */
  readonly top: number
}

const COLUMNS = [
  { heading: 'FREES', align: 'right' },
  { heading: 'IF THE CONFIGURATION DROPS', align: 'left' },
] as const

/** The cuts as text, ending in a newline. */
export function cutsText(cuts: readonly ChosenCut[], { style, unit, names, top }: CutsTextOptions): string {
  if (cuts.length === 0) return 'No store path is held by references from a configuration alone.\n'
  const shown = cuts.slice(0, top)
  const sizes = shown.map(({ bytes }) => `≈ ${formatBytes(bytes, unit)}`)
  const room = style.width - Math.max(...sizes.map((size) => size.length), COLUMNS[0].heading.length) - 2
  const rows = shown.flatMap(({ from, to }, at) =>
    from.map((referrer, index) => [index === 0 ? sizes[at]! : '', arrowText(names[referrer]!, names[to]!, 0, room)]),
  )
  const hidden = cuts.length - shown.length
  const lines = [
    formatTable(COLUMNS, rows),
    ...(hidden === 0 ? [] : [dim(`[${plural(hidden, 'more cut')}] -n 0 shows all`, style)]),
    dim('≈ bytes of this image; a rebuild packs what is left anew', style),
  ]
  const text = `${lines.join('\n')}\n`
  return style.unicode ? text : inAscii(text)
}
