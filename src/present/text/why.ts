import type { RouteLine, Why } from '../../analyses/why.ts'
import type { Cut } from '../../graph/cuts.ts'
import { isAmong, numberOfKey, type Reference, type ReferenceGraph } from '../../graph/reference-graph.ts'
import { type Evidence, type ReferenceEvidence, referenceKey } from '../../inventory/evidence.ts'
import type { Excerpt } from '../../owners/excerpt.ts'
import type { Mention, MentionPlace } from '../../owners/mentions.ts'
import type { Root } from '../../owners/roots.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { printable, shortenMiddle } from './printable.ts'
import { referencesFrom } from './references-from.ts'
import { rootReason } from './root-reason.ts'
import { bold, dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { wrapPhrases } from './wrap.ts'

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
  readonly own: Float64Array
  readonly unpacked: Float64Array
  readonly closure: Float64Array
  /** Where we know the references from. */
  readonly origin: 'registration' | 'scan'
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
    bold(names[path]!, style),
    ...(names[path] === fullPaths[path] ? [] : [fullPaths[path]!]),
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

function mentionText({ path, kind }: MentionPlace): string {
  const name = path === '' ? 'itself' : printable(path)
  if (kind === 'target') return `${name} (symlink)`
  return kind === 'name' ? `the name of ${name}` : name
}

/** A hash with as much of the text around it as fits. */
function excerptText({ before, hash, after }: Excerpt, width: number, style: TextStyle): string {
  const margin = Math.min(MAX_MARGIN, Math.max(Math.floor((width - hash.length - 2) / 2), 0))
  const dotted = (bytes: string): string => bytes.replace(/[^ -~]/g, '.')
  const left = dotted(before.slice(Math.max(before.length - margin, 0)))
  return `${dim(`…${left}`, style)}${bold(hash, style)}${dim(`${dotted(after.slice(0, margin))}…`, style)}`
}

/** What the removal of references frees. */
function cuts({ path, root, referrers, byChance, single, smallest }: Why, options: WhyTextOptions): string {
  const { style, unit, names, all } = options
  if (root !== undefined) return `It is there for its own sake, and no reference keeps it:\n${rootReason(root)}.`
  const arrow = ({ from, to }: Reference): string => `${names[from]!} → ${names[to]!}`
  let rows: string[][]
  const freed = (cut: Cut): string[] => [`≈ ${formatBytes(cut.bytes, unit)}`, arrow(cut)]
  if (single.length > 0) rows = shorten(single.map(freed), all)
  else if (smallest !== undefined) {
    const any = [
      formatBytes(0, unit),
      referrers.length === 1
        ? 'the reference to it alone'
        : `any one of the ${formatCount(referrers.length)} references to it`,
    ]
    const references = smallest.references.map((reference) => ['', `  ${arrow(reference)}`])
    const also = smallest.frees.filter((freedPath) => freedPath !== path).length
    const goes = also === 0 ? '' : `, ${plural(also, 'other path')} with it`
    const together = [`≈ ${formatBytes(smallest.bytes, unit)}`, `all of these ${smallest.references.length}${goes}:`]
    rows = [any, together, ...shorten(references, all)]
  } else {
    const isHeld = byChance.length > 0
    return isHeld ? 'Only references by chance hold it. Nobody can cut them; the next build may lose them.' : ''
  }
  const columns = [
    { heading: 'FREES', align: 'right' },
    { heading: single.length > 1 ? 'IF YOU CUT ONE OF' : 'IF YOU CUT', align: 'left' },
  ] as const
  const room = style.width - rows.reduce((most, [bytes]) => Math.max(most, bytes!.length), 5) - 2
  const fitted = rows.map(([bytes, what]) => [bytes!, shortenMiddle(what!, room)])
  return `${formatTable(columns, fitted)}\n${dim('≈ bytes of this image; a rebuild packs what is left anew', style)}`
}

function shorten(rows: string[][], all: boolean): string[][] {
  if (all || rows.length <= MAX_ROWS) return rows
  return [...rows.slice(0, MAX_ROWS), ['', `  [${rows.length - MAX_ROWS} more] -a shows all`]]
}

function goesWithIt({ path, goesWithIt: held }: Why, options: WhyTextOptions): string {
  if (held.length === 0) return ''
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
