import { offeredCuts, type RouteLine, type Why } from '../analyses/why.ts'
import type { ReferenceGraph } from '../graph/reference-graph.ts'
import type { Evidence } from '../inventory/evidence.ts'
import { referenceKey } from '../owners/named-reference.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import type { Root } from '../owners/roots.ts'
import { about, bytes, count, joined, MISSING, type NameCell, name, plural, type Words, words } from './cell.ts'
import type { Column } from './column.ts'
import { mentionWords } from './mentions.ts'
import { referencesFrom, rootReason } from './references.ts'
import { type Branch, linesOf, type Section } from './section.ts'
import type { View } from './view.ts'
import { kindOfCut, withoutCut } from './why-words.ts'

export interface WhyContext {
  readonly graph: ReferenceGraph
  readonly roots: readonly Root[]
  readonly nameOf: (node: number) => NameCell
  readonly own: Float64Array
  readonly unpacked: Float64Array
  readonly retained: Float64Array
  readonly closure: Float64Array
  /** Where the references stand that lines of routes are there for. */
  readonly evidence: Evidence
  readonly origin: ReferencesOrigin
  /** Whether everything was read that could hold a reference. */
  readonly complete: boolean
  /** Whether to offer cuts of many references too. */
  readonly all: boolean
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
  const { nameOf, own, retained, roots } = context
  return [
    { id: 'target', heading: 'target', only: 'programs', value: ({ target }) => nameOf(target) },
    { id: 'depth', heading: 'depth', only: 'programs', value: (row) => count(depthOf(row)) },
    { id: 'own', heading: 'own', only: 'programs', value: ({ path }) => bytes(own[path]!) },
    { id: 'retained', heading: 'retained', only: 'programs', value: ({ path }) => bytes(retained[path]!) },
    {
      id: 'path',
      heading: 'store path',
      isName: true,
      value: ({ path, follows }) => (follows === 'here' ? nameOf(path) : words(nameOf(path), ` (as ${follows})`)),
    },
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
        const place = placesOf(row, context)?.[0]
        return place === undefined ? MISSING : name(place.path)
      },
    },
    {
      id: 'referredToIn',
      heading: 'referred to in',
      isName: true,
      only: 'people',
      value: (row) => {
        if (row.from !== undefined) return words(...placeWords(row, context))
        const root = roots.find(({ node }) => node === row.path)
        return root === undefined ? MISSING : words('root: ', ...rootReason(root))
      },
    },
    {
      id: 'repeated',
      heading: 'repeated',
      only: 'programs',
      value: (row) => ({ kind: 'flag', isSet: row.follows !== 'here' }),
    },
  ]
}

function depthOf({ from, levels }: RouteLine): number {
  return from === undefined ? 0 : levels.length + 1
}

function evidenceOf({ from, path }: RouteLine, { graph, evidence }: WhyContext) {
  if (from === undefined) return undefined
  return evidence.references.get(referenceKey({ from: graph.keys[from]!, to: graph.keys[path]! }))
}

function placesOf(row: RouteLine, context: WhyContext) {
  return evidenceOf(row, context)?.places
}

function placeWords(row: RouteLine, context: WhyContext): Words {
  if (!context.evidence.isKnown) return ['–']
  const known = evidenceOf(row, context)
  const place = known?.places[0]
  if (place !== undefined) return mentionWords(place)
  return [known?.isUnread === true ? 'in what cannot be read of it' : 'nowhere in it: registered only']
}

function sectionsOf(why: Why, columns: readonly Column<Row>[], context: WhyContext): Section[] {
  const { path, routes, referrers, root } = why
  const shown = columns.filter(({ only }) => only !== 'programs')
  return [
    headerOf(why, context),
    ...(routes.length > 0
      ? [{ body: { kind: 'tree', columns: shown, roots: branchesOf(rowsOf(why), shown) } } as const]
      : referrers.length === 0 && root === undefined
        ? [{ body: linesOf(['Nothing that is needed refers to it.']) }]
        : []),
    ...cutSections(why, context),
    ...goesWithIt(path, why, context),
  ]
}

function headerOf({ path, retained, referrers, goesWithIt: held }: Why, context: WhyContext): Section {
  const { nameOf, own, unpacked, closure, origin, complete } = context
  const { full, short } = nameOf(path)
  const holds: Words = held.length === 0 ? [] : [' (', ...plural(held.length + 1, 'path'), ')']
  const sizes: readonly Words[] = [
    ['own ', bytes(own[path]!)],
    ['unpacked ', bytes(unpacked[path]!)],
    ['retained ', bytes(retained), ...holds],
    ['closure ', bytes(closure[path]!)],
  ]
  return {
    title: [name(short)],
    body: {
      kind: 'lines',
      lines: [
        ...(full === undefined ? [] : [{ phrases: [[name(full)]] }]),
        { phrases: sizes },
        { phrases: [plural(referrers.length, 'direct referrer'), referencesFrom(origin, complete)] },
      ],
    },
  }
}

function branchesOf(rows: readonly Row[], columns: readonly Column<Row>[]): readonly Branch[] {
  const roots: Branch[] = []
  const open: Branch[][] = [roots]
  for (const row of rows) {
    const children: Branch[] = []
    const depth = depthOf(row)
    open[depth]!.push({ cells: columns.map(({ value }) => value(row)), children })
    open[depth + 1] = children
  }
  return roots
}

/** Which references to remove, and what that frees. */
function cutSections(why: Why, { nameOf, all }: WhyContext): Section[] {
  if (why.root === undefined && why.referrers.length === 0) return []
  const offers = offeredCuts(why, all)
  if (why.root !== undefined || offers.length === 0) return [{ body: linesOf(withoutCut(why)) }]
  return [
    {
      body: {
        kind: 'table',
        columns: [
          { id: 'frees', heading: 'frees' },
          { id: 'references', heading: 'if you remove', isName: true },
        ],
        rows: offers.map((cut) => ({
          cells: [
            about(cut.bytes),
            words(
              ...joined(
                cut.references.map(({ from, to }): Words => [nameOf(from), ' → ', nameOf(to)]),
                ', ',
              ),
              ` (${kindOfCut(cut)})`,
            ),
          ],
        })),
      },
      hints: [['≈ bytes of this image; a rebuild packs what is left anew']],
    },
  ]
}

/** How many names we list of what goes with a store path. */
const MAX_NAMES = 20

function goesWithIt(path: number, { goesWithIt: held }: Why, { nameOf, own }: WhyContext): Section[] {
  if (held.length === 0) return []
  const shown = [path, ...held].slice(0, MAX_NAMES).map((other): Words => [nameOf(other), ' ', bytes(own[other]!)])
  const more = held.length + 1 - shown.length
  const rest: readonly Words[] = more > 0 ? [plural(more, 'more path')] : []
  return [
    { title: ['Goes with it'], body: { kind: 'lines', lines: [{ phrases: [...shown, ...rest] }] }, folded: 'too' },
  ]
}
