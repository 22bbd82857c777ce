import { offeredCuts, type RouteLine, type SmallestCut, type Why } from '../../analyses/why.ts'
import { isAmong, numberOfKey, type Reference, type ReferenceGraph } from '../../graph/reference-graph.ts'
import type { Evidence, ReferenceEvidence } from '../../inventory/evidence.ts'
import type { Excerpt } from '../../owners/excerpt.ts'
import type { Mention } from '../../owners/mentions.ts'
import { referenceKey } from '../../owners/named-reference.ts'
import type { ReferenceKinds } from '../../owners/reference-kind.ts'
import type { ReferencesOrigin } from '../../owners/references.ts'
import type { Root } from '../../owners/roots.ts'
import { countOfCut, kindOfCut, withoutCut } from '../../views/why-words.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { arrowText } from './arrow.ts'
import { plainWords } from './cell.ts'
import { mentionText } from './mention-place.ts'
import { shortenMiddle } from './printable.ts'
import { referencesFrom } from './references-from.ts'
import { rootReason } from './root-reason.ts'
import { bold, dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { wrap, wrapPhrases, wrapWords } from './wrap.ts'

/** What the answer shows about a store path, and how. */
export interface WhyTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  readonly graph: ReferenceGraph
  readonly roots: readonly Root[]
  /** What each path is called, by its number; and its full path. */
  readonly names: readonly string[]
  readonly fullPaths: readonly string[]
  /** Where the references stand that lines of routes are there for. */
  readonly evidence: Evidence
  /** References that are there by chance. */
  readonly byChance: readonly Reference[]
  /** Mentions in compressed content that are no references; absent if we did not look. */
  readonly hidden?: readonly Mention[] | undefined
  /** What references are there for. */
  readonly kinds: ReferenceKinds
  readonly own: Float64Array
  readonly unpacked: Float64Array
  readonly closure: Float64Array
  /** Where we know the references from. */
  readonly origin: ReferencesOrigin
  /** Whether we could read everything that may hold a reference. */
  readonly complete: boolean
  /** Whether to show all items of lists. */
  readonly all: boolean
}

/** Rows of a list if the user does not ask for all. */
const MAX_ROWS = 10
/** The minimum width for the file that holds a reference. */
const MIN_EVIDENCE = 16
/** How many bytes we show on each side of a hash, as `nix why-depends --precise` does. */
const MAX_MARGIN = 32
/** How many names a list within a line has. */
const MAX_NAMES = 5
/** What follows the place of a reference that only compressed bytes have. */
const BY_CHANCE = '(compressed: by chance)'
const GOES_WITH_IT = 'goes with it: '
const GOES = 'goes: '

/** Why a store path is in the image, as text that ends in a newline. */
export function whyText(why: Why, options: WhyTextOptions): string {
  const sections = [
    header(why, options),
    routes(why, options),
    hiddenMentions(why, options),
    cuts(why, options),
    goesWithIt(why, options),
  ]
  const text = `${sections.filter((section) => section !== '').join('\n\n')}\n`
  return options.style.unicode ? text : inAscii(text)
}

function header(
  { path, retained, referrers, byChance, referrersBehind, goesWithIt: held }: Why,
  options: WhyTextOptions,
): string {
  const { style, unit, names, fullPaths, own, unpacked, closure, origin, complete } = options
  const size = (bytes: Float64Array): string => formatBytes(bytes[path]!, unit)
  const holds = held.length === 0 ? '' : ` (${plural(held.length + 1, 'path')})`
  const behind = referrersBehind === 0 ? '' : ` (${formatCount(referrersBehind)} reached through it alone)`
  const known = new Set(referrers)
  const others = byChance.filter((from) => !known.has(from)).length
  const chance = others === 0 ? '' : ` · ${formatCount(others)} more by chance`
  return [
    bold(shortenMiddle(names[path]!, style.width), style),
    ...(names[path] === fullPaths[path] ? [] : [shortenMiddle(fullPaths[path]!, style.width)]),
    atDots(
      `own ${size(own)} · unpacked ${size(unpacked)} · retained ${formatBytes(retained, unit)}${holds} · closure ${size(closure)}`,
      style.width,
    ),
    atDots(
      `${plural(referrers.length, 'direct referrer')}${behind}${chance} · ${referencesFrom(origin, complete)}`,
      style.width,
    ),
  ].join('\n')
}

function routes({ path, root, routes: lines, referrers, hiddenReferrers }: Why, options: WhyTextOptions): string {
  const { style, names, graph, roots, evidence, byChance } = options
  const { isKnown } = evidence
  const evidenceFor = (from: number, to: number): ReferenceEvidence | undefined =>
    evidence.references.get(referenceKey({ from: graph.keys[from]!, to: graph.keys[to]! }))
  const isByChance = isAmong(byChance)
  const placeOf = (from: number, to: number): string => {
    const place = isKnown ? placeText(evidenceFor(from, to)) : '–'
    return isByChance({ from, to }) ? `${place} ${BY_CHANCE}` : place
  }
  const rootByPath = new Map(roots.map((given) => [given.node, given]))
  if (lines.length === 0) {
    return referrers.length === 0 && root === undefined ? 'Nothing that is needed refers to it.' : ''
  }
  // If the line is too long, we shorten the names first: without the file, a user cannot search further.
  const most = Math.max(style.width - 2 - MIN_EVIDENCE, 2 * MIN_EVIDENCE)
  const rows = lines.map((line) => {
    const { path: at, from, follows } = line
    const branches = branchesOf(line)
    const repeated = follows === 'here' ? '' : ` (as ${follows})`
    const name = shortenMiddle(names[at]!, Math.max(most - branches.length - repeated.length, MIN_EVIDENCE))
    return {
      line,
      label: branches + (at === path ? bold(name, style) : name) + dim(repeated, style),
      width: branches.length + name.length + repeated.length,
      evidence: from === undefined ? rootText(rootByPath.get(at)) : placeOf(from, at),
    }
  })
  const labelWidth = rows.reduce((most, { width }) => Math.max(most, width), 10)
  const room = Math.max(style.width - labelWidth - 2, MIN_EVIDENCE)
  const text = [
    `${'STORE PATH'.padEnd(labelWidth)}  ${isKnown ? 'REFERRED TO IN' : 'REFERRED TO IN (a saved report does not say)'}`,
  ]
  for (const { line, label, width, evidence } of rows) {
    const gap = evidence === '' ? '' : ' '.repeat(Math.max(labelWidth - width, 0) + 2)
    text.push(`${label}${gap}${dim(shortenMiddle(evidence, room), style)}`)
    const excerpt = line.from === undefined ? undefined : evidenceFor(line.from, line.path)?.excerpt
    if (excerpt !== undefined) {
      const indent = `${levelsOf(line)}${line.isLast ? '   ' : '│  '}`
      text.push(indent + excerptText(excerpt, style.width - indent.length, style))
    }
  }
  if (hiddenReferrers > 0) text.push(dim(`[${plural(hiddenReferrers, 'more direct referrer')}] -a shows all`, style))
  return text.join('\n')
}

/** What compressed content says, which is no reference for Nix. */
function hiddenMentions({ path }: Why, { hidden = [], graph, names, style, all }: WhyTextOptions): string {
  const found = hidden.filter(({ to }) => to === graph.keys[path])
  if (found.length === 0) return ''
  const shown = all ? found : found.slice(0, MAX_ROWS)
  const lines = shown.map((mention) => {
    const from = `  ${names[numberOfKey(graph, mention.from)]!}`
    return `${from}  ${dim(shortenMiddle(mentionText(mention), Math.max(style.width - from.length - 2, MIN_EVIDENCE)), style)}`
  })
  if (shown.length < found.length) lines.push(dim(`  [${found.length - shown.length} more] -a shows all`, style))
  return `Also named in compressed content, where Nix does not look:\n${lines.join('\n')}`
}

function branchesOf(line: RouteLine): string {
  return line.from === undefined ? '' : `${levelsOf(line)}${line.isLast ? '└─ ' : '├─ '}`
}

function levelsOf({ levels }: RouteLine): string {
  return [...levels].map((level) => (level === '|' ? '│  ' : '   ')).join('')
}

function rootText(root: Root | undefined): string {
  return root === undefined ? '' : `root: ${rootReason(root)}`
}

function placeText(evidence: ReferenceEvidence | undefined): string {
  const place = evidence?.places[0]
  if (place === undefined)
    return evidence?.isUnread === true ? 'in what cannot be read of it' : 'nowhere in it: registered only'
  return mentionText(place)
}

/** A hash with as much of the text around it as fits. */
function excerptText({ before, hash, after }: Excerpt, width: number, style: TextStyle): string {
  const margin = Math.min(MAX_MARGIN, Math.max(Math.floor((width - hash.length - 2) / 2), 0))
  const dotted = (bytes: string): string => bytes.replace(/[^ -~]/g, '.')
  const left = dotted(before.slice(Math.max(before.length - margin, 0)))
  return `${dim(`…${left}`, style)}${bold(hash, style)}${dim(`${dotted(after.slice(0, margin))}…`, style)}`
}

/** Which references to remove, and what that frees. */
function cuts(why: Why, options: WhyTextOptions): string {
  const { root, referrers, smallest } = why
  const { all, style } = options
  if (root !== undefined) return `It is there for its own sake, and no reference keeps it:\n${rootReason(root)}.`
  if (referrers.length === 0) return ''
  const offers = offeredCuts(why, all)
  if (offers.length > 0) {
    const sizes = offers.map(({ bytes }) => `≈ ${formatBytes(bytes, options.unit)}`)
    const room = style.width - Math.max(...sizes.map((size) => size.length)) - 2
    const rows = offers.flatMap((cut, index) => offer(cut, sizes[index]!, why, { ...options, room }))
    const columns = [
      { heading: 'FREES', align: 'right' },
      { heading: 'IF YOU REMOVE', align: 'left' },
    ] as const
    return `${formatTable(columns, rows)}\n${dim('≈ bytes of this image; a rebuild packs what is left anew', style)}`
  }
  const hint = smallest === undefined ? '' : ' -a shows them.'
  return wrapWords(plainWords(withoutCut(why)) + hint, style.width).join('\n')
}

/** A set of references to remove, as rows of the table. */
function offer(
  cut: SmallestCut,
  frees: string,
  why: Why,
  options: WhyTextOptions & { readonly room: number },
): string[][] {
  const { names, style, kinds, room } = options
  const { references, builtIn } = cut
  const rows = wrap(`${plainWords(countOfCut(cut))}, ${kindOfCut(cut)}:`, room, '  ').map((line, index) => [
    index === 0 ? frees : '',
    line,
  ])
  for (const reference of references) {
    const mark = builtIn > 0 && builtIn < references.length && kinds.of(reference) === 'built in' ? ' (built in)' : ''
    const arrow = arrowText(names[reference.from]!, names[reference.to]!, 0, room - 2 - mark.length)
    rows.push(['', `  ${arrow}${dim(mark, style)}`])
  }
  for (const line of goes(cut, why.path, options, room)) rows.push(['', line])
  return rows
}

/** What goes with a cut. The sizes add up to what the cut frees. */
function goes({ frees, parts }: SmallestCut, path: number, options: WhyTextOptions, width: number): readonly string[] {
  const { unit, names, all } = options
  const sorted = [...frees].sort(
    (a, b) => Number(b === path) - Number(a === path) || parts.get(b)! - parts.get(a)! || a - b,
  )
  if (sorted.length < 2) return []
  const shown = sorted.slice(0, all ? sorted.length : MAX_NAMES + 1)
  const texts = shown.map((other) => {
    const size = formatBytes(parts.get(other)!, unit)
    return `${shortenMiddle(names[other]!, width - GOES.length - size.length - 5)} ${size}`
  })
  const hidden = sorted.slice(shown.length)
  if (hidden.length > 0) {
    const rest = hidden.reduce((sum, other) => sum + parts.get(other)!, 0)
    texts.push(`${plural(hidden.length, 'more path')} ${formatBytes(rest, unit)}`)
  }
  return wrapPhrases(`${GOES}${texts.join(' · ')}`.split(/(?<= ·) /), width, '  ')
}

/** What goes away if nothing refers to it any more, if no cut says so. */
function goesWithIt({ path, root, smallest, direct, goesWithIt: held }: Why, options: WhyTextOptions): string {
  const isTold = root === undefined && (smallest ?? direct) !== undefined
  if (held.length === 0 || isTold) return ''
  const { unit, own, style } = options
  const shown = held.slice(0, options.all ? held.length : MAX_NAMES)
  const names = [path, ...shown].map((other) => {
    const size = formatBytes(own[other]!, unit)
    return `${shortenMiddle(options.names[other]!, style.width - GOES_WITH_IT.length - size.length - 3)} ${size}`
  })
  if (shown.length < held.length) names.push(plural(held.length - shown.length, 'more path'))
  return atDots(`${GOES_WITH_IT}${names.join(' · ')}`, style.width)
}

/** Breaks a line at its dots. */
function atDots(text: string, width: number): string {
  return wrapPhrases(text.split(/(?<= ·) /), width, '  ').join('\n')
}
