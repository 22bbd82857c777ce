import type { ReferenceRow } from '../analyses/references.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import { bytes, count, type NameCell, name, type Words } from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { type Nouns, STORE_PATHS } from './nouns.ts'
import { referencesFrom } from './references.ts'
import { type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

/** A store path, and what it refers to or what refers to it. */
export interface Referring {
  readonly path: number
  readonly rows: readonly ReferenceRow[]
}

export interface ReferringContext {
  readonly nouns: Nouns
  readonly side: 'references' | 'referrers'
  readonly nameOf: (node: number) => NameCell
  readonly origin: ReferencesOrigin
  /** Whether everything was read that could hold one of the references. */
  readonly complete: boolean
}

interface Row extends ReferenceRow {
  /** The store path that was asked for. */
  readonly of: number
}

function columnsOf({
  nameOf,
  side,
  nouns,
}: Pick<ReferringContext, 'nameOf' | 'side' | 'nouns'>): readonly Column<Row>[] {
  return [
    {
      id: side === 'references' ? 'from' : 'to',
      heading: side === 'references' ? 'from' : 'to',
      only: 'programs',
      value: ({ of }) => nameOf(of),
    },
    { id: 'own', heading: 'own', value: ({ own }) => bytes(own), sort: ({ own }) => own },
    { id: 'retained', heading: 'retained', value: ({ retained }) => bytes(retained), sort: ({ retained }) => retained },
    {
      id: 'referrerCount',
      heading: 'referrers',
      value: ({ referrers }) => count(referrers),
      sort: ({ referrers }) => referrers,
    },
    {
      id: 'name',
      heading: nouns.owner[0],
      isName: true,
      only: 'people',
      value: ({ path }) => nameOf(path),
      sort: ({ path }) => nameOf(path).short,
    },
    { id: 'path', heading: nouns.owner[0], only: 'programs', value: ({ path }) => nameOf(path) },
  ]
}

/** What references and referrers are sorted by. */
export const REFERENCE_SORT_KEYS: readonly string[] = sortKeys(
  columnsOf({ nameOf: () => name(''), side: 'references', nouns: STORE_PATHS }),
)

/** The direct references or referrers of store paths. */
export function referringView(found: readonly Referring[], context: ReferringContext, choice: Choice): View<Row> {
  const { nameOf, origin, complete } = context
  const columns = columnsOf(context)
  const rowsOf = ({ path, rows }: Referring, given: Choice): readonly Row[] =>
    chosen(
      rows.map((row) => ({ ...row, of: path })),
      columns,
      given,
      ({ own }) => own,
    )
  return {
    sections: () => [
      ...found
        .filter(({ rows }) => rows.length > 0)
        .map((one): Section => {
          const rows = rowsOf(one, choice)
          const hidden = one.rows.length - rows.length
          const title: Words = [nameOf(one.path)]
          return {
            ...(found.length > 1 ? { title } : {}),
            body: tableOf(columns, rows),
            ...(hidden > 0 ? { hints: [['[', count(hidden), ' more] -n 0 --min 0 shows all']] } : {}),
          }
        }),
      ...(found.some(({ rows }) => rows.length > 0)
        ? [
            {
              body: {
                kind: 'lines',
                lines: [{ phrases: [referencesFrom(origin, complete, context.nouns)], isProse: true }],
              },
            } as const,
          ]
        : []),
    ],
    rows: () => ({ columns, rows: found.flatMap((one) => rowsOf(one, { ...choice, top: 0 })) }),
  }
}
