import type { RouteLine, Why } from '../analyses/why.ts'
import { isAmong, numberOfKey, type Reference, type ReferenceGraph } from '../graph/reference-graph.ts'
import type { Evidence } from '../inventory/evidence.ts'
import type { Mention } from '../owners/mentions.ts'
import { referenceKey } from '../owners/named-reference.ts'
import { isPackage } from '../owners/names.ts'
import { isSelectionKey } from '../owners/package-key.ts'
import type { ReferenceKinds } from '../owners/reference-kind.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import type { Root } from '../owners/roots.ts'
import { bytes, type Cell, count, MISSING, type NameCell, name, plural, type Words, words } from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { mentionWords } from './mentions.ts'
import { type Nouns, STORE_PATHS } from './nouns.ts'
import { referencesOfOwner, rootReason } from './references.ts'
import { type Branch, linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'
import { cutColumns, cutSections, goesWithIt, goingColumns } from './why-cuts.ts'

export interface WhyContext {
  readonly graph: ReferenceGraph
  readonly roots: readonly Root[]
  readonly nameOf: (node: number) => NameCell
  readonly own: Float64Array
  readonly unpacked: Float64Array
  readonly retained: Float64Array
  readonly closure: Float64Array
  /** References that are there by chance. */
  readonly byChance: readonly Reference[]
  /** Where the references stand that lines of routes are there for. */
  readonly evidence: Evidence
  /** Whether to show what stands around them. */
  readonly hasExcerpts: boolean
  /** What references are there for. */
  readonly kinds: ReferenceKinds
  /** Mentions in compressed content that are no references. */
  readonly hidden: readonly Mention[]
  readonly origin: ReferencesOrigin
  readonly nouns: Nouns
  /** Whether everything was read that could hold a reference. */
  readonly complete: boolean
  /** Whether to offer cuts of many references too. */
  readonly all: boolean
  /** Which rows of the tables to show. Routes are no tables. */
  readonly choice: Choice
}

/** A line of a route, and the store path that it leads to. */
interface Row extends RouteLine {
  readonly target: number
}

/** Why store paths are in an image, and which references to cut. */
export function whyView(answers: readonly Why[], context: WhyContext): View<Row> {
  const columns = columnsOf(context)
  return {
    sections: () => answers.flatMap((why) => sectionsOf(why, columns, context)),
    rows: () => ({ columns, rows: answers.flatMap(rowsOf) }),
  }
}

function rowsOf({ path, routes }: Why): readonly Row[] {
  return routes.map((line) => ({ ...line, target: path }))
}

function columnsOf(context: WhyContext): readonly Column<Row>[] {
  const { nameOf, own, retained, evidence, hasExcerpts, nouns } = context
  const rootOf = new Map(context.roots.map((root) => [root.node, root]))
  const isByChance = isAmong(context.byChance)
  return [
    { id: 'target', heading: 'target', only: 'programs', value: ({ target }) => nameOf(target) },
    { id: 'depth', heading: 'depth', only: 'programs', value: (row) => count(depthOf(row)) },
    { id: 'own', heading: 'own', only: 'programs', value: ({ path }) => bytes(own[path]!) },
    { id: 'retained', heading: 'retained', only: 'programs', value: ({ path }) => bytes(retained[path]!) },
    {
      id: 'path',
      heading: nouns.owner[0],
      isName: true,
      only: 'people',
      value: ({ path, follows }) => (follows === 'here' ? nameOf(path) : words(nameOf(path), ` (as ${follows})`)),
    },
    { id: 'path', heading: nouns.owner[0], only: 'programs', value: ({ path }) => nameOf(path) },
    {
      id: 'from',
      heading: 'from',
      only: 'programs',
      value: ({ from }) => (from === undefined ? MISSING : nameOf(from)),
    },
    {
      id: 'file',
      heading: 'file',
      only: 'programs',
      value: (row) => {
        const place = evidenceOf(row, context)?.places[0]
        return place === undefined ? MISSING : name(place.path)
      },
    },
    {
      id: 'referredToIn',
      heading: `referred to in${evidence.isKnown ? '' : ' (a saved report does not say)'}`,
      isName: true,
      only: 'people',
      value: (row) => {
        const { from, path } = row
        if (from !== undefined) {
          const chance = isByChance({ from, to: path }) ? [' (compressed: by chance)'] : []
          return words(...placeWords(row, context), ...chance)
        }
        const root = rootOf.get(path)
        return root === undefined ? MISSING : words('root: ', ...rootReason(root))
      },
    },
    ...(hasExcerpts ? [excerptColumn(context)] : []),
    {
      id: 'repeated',
      heading: 'repeated',
      only: 'programs',
      value: (row) => ({ kind: 'flag', isSet: row.follows !== 'here' }),
    },
  ]
}

function excerptColumn(context: WhyContext): Column<Row> {
  return {
    id: 'excerpt',
    heading: 'excerpt',
    isName: true,
    isBelow: true,
    value: (row): Cell => {
      const excerpt = evidenceOf(row, context)?.excerpt
      if (excerpt === undefined) return MISSING
      const { before, hash, after } = excerpt
      return { kind: 'excerpt', before, match: hash, after }
    },
  }
}

function depthOf({ from, levels }: RouteLine): number {
  return from === undefined ? 0 : levels.length + 1
}

function evidenceOf({ from, path }: RouteLine, { graph, evidence }: WhyContext) {
  if (from === undefined) return undefined
  return evidence.references.get(referenceKey({ from: graph.keys[from]!, to: graph.keys[path]! }))
}

/** Where the reference stands that a line is there for. */
function placeWords(row: Row, context: WhyContext): Words {
  if (row.from !== undefined && isPackage(context.graph.keys[row.from]!)) {
    return [dependencyWord({ from: row.from, to: row.path }, context)]
  }
  if (!context.evidence.isKnown) return ['–']
  const known = evidenceOf(row, context)
  const place = known?.places[0]
  if (place !== undefined) return mentionWords(place)
  return [known?.isUnread === true ? 'in what cannot be read of it' : 'nowhere in it: registered only']
}

/** Why a package manager keeps a package for another one. */
function dependencyWord(reference: Reference, { graph, kinds }: WhyContext): string {
  const kind = kinds.of(reference)
  if (isSelectionKey(graph.keys[reference.from]!)) return kind === 'structural' ? 'essential' : 'chosen'
  return kind === 'chosen' ? 'recommended or suggested' : 'a dependency'
}

function sectionsOf(why: Why, columns: readonly Column<Row>[], context: WhyContext): Section[] {
  return [
    headerOf(why, context),
    ...routeSections(why, columns),
    ...mentionSections(why, context),
    ...cutSections(why, context),
    ...goesWithIt(why, context),
  ]
}

function headerOf(why: Why, context: WhyContext): Section {
  const { path, retained, referrers, byChance, referrersBehind, goesWithIt: held } = why
  const { nameOf, own, unpacked, closure, origin, complete, nouns } = context
  const { full, short } = nameOf(path)
  const holds: Words = held.length === 0 ? [] : [' (', ...plural(held.length + 1, ...nouns.brief), ')']
  const sizes: readonly Words[] = [
    ['own ', bytes(own[path]!)],
    ['unpacked ', bytes(unpacked[path]!)],
    ['retained ', bytes(retained), ...holds],
    ['closure ', bytes(closure[path]!)],
  ]
  const behind: Words = referrersBehind === 0 ? [] : [' (', count(referrersBehind), ' reached through it alone)']
  const known = new Set(referrers)
  const others = byChance.filter((from) => !known.has(from)).length
  const referring: readonly Words[] = [
    [...plural(referrers.length, 'direct referrer'), ...behind],
    ...(others === 0 ? [] : [[count(others), ' more by chance'] as Words]),
    referencesOfOwner(context.graph.keys[path]!, origin, complete),
  ]
  return {
    title: [name(short)],
    body: {
      kind: 'lines',
      lines: [...(full === undefined ? [] : [{ phrases: [[name(full)]] }]), { phrases: sizes }, { phrases: referring }],
    },
  }
}

function routeSections(why: Why, columns: readonly Column<Row>[]): Section[] {
  const { routes, referrers, root, hiddenReferrers } = why
  if (routes.length === 0) {
    const isNeeded = referrers.length > 0 || root !== undefined
    return isNeeded ? [] : [{ body: linesOf(['Nothing that is needed refers to it.']) }]
  }
  const shown = columns.filter(({ only }) => only !== 'programs')
  return [
    {
      body: { kind: 'tree', columns: shown, roots: branchesOf(rowsOf(why), shown) },
      ...(hiddenReferrers === 0
        ? {}
        : { hints: [['[', ...plural(hiddenReferrers, 'more direct referrer'), '] -a shows all']] }),
    },
  ]
}

function branchesOf(rows: readonly Row[], columns: readonly Column<Row>[]): readonly Branch[] {
  const roots: Branch[] = []
  const open: Branch[][] = [roots]
  for (const row of rows) {
    const children: Branch[] = []
    const depth = depthOf(row)
    const isStrong = row.path === row.target ? { isStrong: true as const } : {}
    open[depth]!.push({ cells: columns.map(({ value }) => value(row)), children, ...isStrong })
    open[depth + 1] = children
  }
  return roots
}

/** What the tables of an answer are sorted by. */
export const WHY_SORT_KEYS: readonly string[] = [
  ...new Set([
    ...sortKeys(cutColumns()),
    ...sortKeys(goingColumns({ nameOf: () => name(''), nouns: STORE_PATHS })),
    ...sortKeys(mentionColumns(() => name(''))),
  ]),
]

/** What compressed content says, which is no reference for Nix. */
function mentionSections({ path }: Why, { hidden, graph, nameOf, choice }: WhyContext): Section[] {
  const found = hidden.filter(({ to }) => to === graph.keys[path])
  if (found.length === 0) return []
  const columns = mentionColumns(({ from }) => nameOf(numberOfKey(graph, from)))
  const shown = chosen(found, columns, { ...choice, min: 0 }, () => 0)
  return [
    {
      title: ['Also named in compressed content, where Nix does not look'],
      body: tableOf(columns, shown),
      hints: shown.length === found.length ? [] : [['[', count(found.length - shown.length), ' more] -n 0 shows all']],
    },
  ]
}

function mentionColumns(nameOf: (mention: Mention) => NameCell): readonly Column<Mention>[] {
  return [
    { id: 'name', heading: 'store path', isName: true, value: nameOf, sort: (mention) => nameOf(mention).short },
    { id: 'file', heading: 'named in', isName: true, value: (mention) => words(...mentionWords(mention)) },
  ]
}
