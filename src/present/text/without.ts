import type { Without } from '../../analyses/without.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { shortenMiddle } from './printable.ts'
import { bold, dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'

export interface WithoutTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** What a path is called, by its number. */
  readonly names: readonly string[]
  /** Rows of each list. */
  readonly top: number
  /** The size of the image file in bytes. */
  readonly before: number
  readonly own: Float64Array
}

/** How many holders of a path we name. */
const MAX_HOLDERS = 3
/** The width at which a name still says which store path it is. */
const MIN_NAME = 16

/** What goes and what stays, as text that ends in a newline. */
export function withoutText(answer: Without, options: WithoutTextOptions): string {
  const { freed } = answer
  const { style, unit, before } = options
  const sizes = `${formatBytes(before, unit)} → ≈ ${formatBytes(before - freed, unit)}`
  const sections = [
    `${bold(sizes, style)}   (${formatBytes(freed, unit)} less; a rebuild packs what is left anew)`,
    goneTable(answer, options),
    staysTable(answer, options),
  ]
  const text = `${sections.filter((section) => section !== '').join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

function goneTable({ gone, stays }: Without, { style, unit, names, top }: WithoutTextOptions): string {
  if (gone.length === 0) {
    const isRoot = stays[0]?.heldBy.length === 0
    return `Nothing goes: ${isRoot ? `${names[stays[0]!.node]!} is a root` : 'other references hold it'}.`
  }
  const shown = gone.slice(0, top)
  const rows = shown.map(({ node, frees }) => [formatBytes(frees, unit), names[node]!])
  const rest = gone.slice(shown.length)
  if (rest.length > 0) {
    const bytes = rest.reduce((sum, { frees }) => sum + frees, 0)
    rows.push([formatBytes(bytes, unit), dim(`[${plural(rest.length, 'more path')}] -n 0 shows all`, style)])
  }
  const columns = [
    { heading: 'FREES', align: 'right' },
    { heading: `GOES (${plural(gone.length, 'path')})`, align: 'left' },
  ] as const
  return formatTable(columns, fitted(rows, style))
}

function staysTable({ stays }: Without, { style, unit, names, top, own }: WithoutTextOptions): string {
  if (stays.length === 0) return ''
  const shown = stays.slice(0, top)
  const sizes = shown.map(({ node }) => formatBytes(own[node]!, unit))
  const width = Math.max(...sizes.map((size) => size.length), 3)
  const longest = shown.reduce((most, { node }) => Math.max(most, names[node]!.length), 0)
  const nameWidth = Math.max(Math.min(longest, Math.floor((style.width - width - 4) / 2)), MIN_NAME)
  const rows = shown.map(({ node, heldBy }, index) => [
    sizes[index]!,
    shortenMiddle(names[node]!, nameWidth),
    shortenMiddle(holders(heldBy, names), Math.max(style.width - width - nameWidth - 4, MIN_NAME)),
  ])
  const columns = [
    { heading: 'OWN', align: 'right' },
    { heading: `STAYS (${plural(stays.length, 'path')})`, align: 'left' },
    { heading: 'HELD BY', align: 'left' },
  ] as const
  const more = stays.length - shown.length
  const note = more === 0 ? '' : `\n${dim(`[${plural(more, 'more path')}] -n 0 shows all`, style)}`
  return `${formatTable(columns, rows)}${note}`
}

function holders(heldBy: readonly number[], names: readonly string[]): string {
  if (heldBy.length === 0) return 'a root'
  const shown = heldBy.slice(0, MAX_HOLDERS).map((node) => names[node]!)
  const more = heldBy.length - shown.length
  return [...shown, ...(more === 0 ? [] : [`${formatCount(more)} more`])].join(', ')
}

/** Shortens the last cell of each row to the terminal. */
function fitted(rows: readonly (readonly string[])[], style: TextStyle): string[][] {
  const width = Math.max(...rows.map(([size]) => size!.length), 5)
  return rows.map(([size, name]) => [size!, shortenMiddle(name!, Math.max(style.width - width - 2, MIN_NAME))])
}
