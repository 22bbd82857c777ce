import type { Cell, ChainCell, Line, MeasuredCell, NameCell, Sign, Words } from '../../views/cell.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, type Unit } from '../units.ts'
import { arrowText } from './arrow.ts'
import { chainText } from './chain.ts'
import { excerptText } from './excerpt.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { sparkline } from './sparkline.ts'
import { bar, dim, green, PLAIN, red, type TextStyle } from './style.ts'

/** How values are written as text. */
export interface TextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** Whether names are written in full: store paths with /nix/store and hash. */
  readonly fullPaths: boolean
}

const BAR_WIDTH = 20
const SIGNS = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP', error: 'ERROR', note: 'NOTE' } as const

/** A value as text, at its full width, safe to print. */
export function cellText(cell: Cell, options: TextOptions): string {
  switch (cell.kind) {
    case 'missing':
      return ''
    case 'inapplicable':
      return '–'
    case 'bytes':
      return sizeText(cell.bytes, cell.precision, options.unit)
    case 'change':
      return `${cell.isEstimate === true ? '≈ ' : ''}${formatDelta(cell.bytes, options.unit)}`
    case 'count':
      return formatCount(cell.count)
    case 'share':
      if (cell.isChange !== true) return formatPercent(cell.part, cell.whole)
      return signOf(cell.part) + formatPercent(Math.abs(cell.part), cell.whole)
    case 'bar':
      return bar(cell.part, cell.whole, BAR_WIDTH, options.style).padEnd(BAR_WIDTH)
    case 'sparkline':
      return sparkline(cell.numbers, options.style)
    case 'percent':
      return percentText(cell.percent, cell.isChange === true)
    case 'measured':
      return measuredText(cell, options.unit)
    case 'flag':
      return cell.isSet ? 'yes' : 'no'
    case 'name':
      return nameText(cell, options)
    case 'reference':
      return arrowText(nameText(cell.from, options), nameText(cell.to, options), cell.more, Number.POSITIVE_INFINITY)
    case 'text':
    case 'code':
      return printableText(cell.text)
    case 'names':
      return cell.names.map((name) => nameText(name, options)).join(', ')
    case 'words':
      return wordsText(cell.words, options)
    case 'wordings':
      return wordsText(cell.wordings[0]!, options)
    case 'lines':
      return cell.lines.map((line) => wholeLine(line, options)).join('; ')
    case 'chain':
      return fittedChain(cell, Number.POSITIVE_INFINITY, options)
    case 'excerpt':
      return excerptText(cell, Number.POSITIVE_INFINITY, PLAIN)
    case 'status':
      return SIGNS[cell.sign]
  }
}

function signOf(number: number): string {
  return number < 0 ? '−' : number > 0 ? '+' : ''
}

/** A small change has more digits, so that it is not zero. */
function percentText(percent: number, isChange: boolean): string {
  if (!isChange) return `${percent.toFixed(2)}%`
  return `${signOf(percent)}${Math.abs(percent).toFixed(Math.abs(percent) < 0.01 && percent !== 0 ? 4 : 2)}%`
}

/** If two different sizes would look equal, we write them in bytes. */
function measuredText({ bytes, limit, isChange, isWithin }: MeasuredCell, unit: Unit): string {
  const format = isChange ? formatDelta : formatBytes
  const sign = isWithin ? '≤' : '>'
  const [left, right] = [format(bytes, unit), format(limit, unit)]
  return left === right && bytes !== limit
    ? `${formatCount(bytes)} ${sign} ${formatCount(limit)} bytes`
    : `${left} ${sign} ${right}`
}

function wholeLine({ phrases, between = ' ·' }: Line, options: TextOptions): string {
  return phrases.map((words) => wordsText(words, options)).join(`${between} `)
}

function fittedChain({ name, mark, links, more, size }: ChainCell, width: number, options: TextOptions): string {
  const labels = links.map((link) => nameText(link, options))
  const behind = size === undefined ? mark : `${mark} ${cellText(size, options)}`
  return chainText(nameText(name, options), behind, labels, more, width)
}

function sizeText(bytes: number, precision: 'about' | 'exact' | undefined, unit: Unit): string {
  const size = formatBytes(bytes, unit)
  if (precision === 'about') return `≈ ${size}`
  if (precision === undefined) return size
  return unit === 'bytes' ? `${size} bytes` : `${size}   ${formatCount(bytes)} bytes`
}

function nameText({ short, full }: NameCell, { fullPaths }: TextOptions): string {
  return printable(fullPaths ? (full ?? short) : short)
}

/** A sentence as text, at its full width. */
export function wordsText(words: Words, options: TextOptions): string {
  const [first = ''] = words
  // Most cells of words are one word.
  if (words.length < 2) return typeof first === 'string' ? first : cellText(first, options)
  return words.map((word) => (typeof word === 'string' ? word : cellText(word, options))).join('')
}

/** A sentence without sizes as text. */
export function plainWords(words: Words): string {
  return wordsText(words, { style: PLAIN, unit: 'iec', fullPaths: false })
}

/** A value as text of a width: we shorten names in the middle. */
export function fittedCell(cell: Cell, width: number, options: TextOptions): string {
  const whole = cellText(cell, options)
  if (whole.length <= width) return whole
  if (cell.kind === 'reference') {
    return arrowText(nameText(cell.from, options), nameText(cell.to, options), cell.more, width)
  }
  if (cell.kind === 'names')
    return fittedNames(
      cell.names.map((name) => nameText(name, options)),
      width,
    )
  if (cell.kind === 'name' && cell.shorter !== undefined) return shortenMiddle(printable(cell.shorter), width)
  if (cell.kind === 'chain') return fittedChain(cell, width, options)
  if (cell.kind === 'excerpt') return excerptText(cell, width, PLAIN)
  if (cell.kind === 'wordings') {
    const fitting = cell.wordings.find((words) => wordsText(words, options).length <= width)
    return fittedCell({ kind: 'words', words: fitting ?? cell.wordings.at(-1)! }, width, options)
  }
  const fitted = cell.kind === 'words' ? fittedWords(cell.words, width, options) : whole
  return shortenMiddle(fitted.length <= width ? fitted : whole, width)
}

/** What of a sentence can be shortened, besides lists. */
const SHORTENED: ReadonlySet<Cell['kind']> = new Set(['name', 'text', 'reference', 'chain', 'wordings'])
/** The width that a name keeps in a sentence, however narrow the screen is. */
const MIN_NAME = 16

/**
 * A sentence as text of a width. We leave our own words, list fewer of several names, and shorten names, the longest
 * first.
 */
export function fittedWords(words: Words, width: number, options: TextOptions): string {
  const texts = words.map((word) => (typeof word === 'string' ? word : cellText(word, options)))
  const lists = words.map((word) => typeof word !== 'string' && word.kind === 'names')
  const names = words.map((word) => typeof word !== 'string' && SHORTENED.has(word.kind))
  const excess = (): number => texts.reduce((sum, text) => sum + text.length, -width)
  const shorten = (at: number, least: number): void => {
    const word = words[at]
    if (word === undefined || typeof word === 'string') return
    texts[at] = fittedCell(word, Math.max(least, texts[at]!.length - excess()), options)
  }
  // Names before a list keep half of the width; the list gets what they leave.
  if (lists.includes(true))
    for (const [at, isName] of names.entries()) if (isName && excess() > 0) shorten(at, Math.floor(width / 2) - 5)
  for (const [at, isList] of lists.entries()) if (isList && excess() > 0) shorten(at, MIN_NAME)
  const longestFirst = [...names.keys()].filter((at) => names[at]).sort((a, b) => texts[b]!.length - texts[a]!.length)
  for (const at of longestFirst) if (excess() > 0) shorten(at, MIN_NAME)
  return texts.join('')
}

/** As many names as fit a width, at least one, and how many more there are. */
function fittedNames(names: readonly string[], width: number): string {
  for (let count = names.length; count > 1; count -= 1) {
    const more = count === names.length ? '' : ` and ${names.length - count} more`
    const text = `${names.slice(0, count).join(', ')}${more}`
    if (text.length <= width) return text
  }
  const more = names.length === 1 ? '' : ` and ${names.length - 1} more`
  return shortenMiddle(names[0]!, width - more.length) + more
}

/** Text in the colour of its value: growth and failures are red, shrinkage and success are green. */
export function colored(text: string, cell: Cell, style: TextStyle): string {
  if (cell.kind === 'status') return signed(text, cell.sign, style)
  if (cell.kind !== 'change' || cell.bytes === 0) return text
  return cell.bytes > 0 ? red(text, style) : green(text, style)
}

/** Text in the colour of a sign. */
export function signed(text: string, sign: Sign, style: TextStyle): string {
  if (sign === 'skip') return dim(text, style)
  if (sign === 'note') return text
  return sign === 'pass' ? green(text, style) : red(text, style)
}
