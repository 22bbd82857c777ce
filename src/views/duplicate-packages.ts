import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { DuplicatePackage, DuplicatePath } from '../analyses/duplicate-packages.ts'
import type { Duplicates } from '../analyses/duplicates.ts'
import {
  about,
  bytes,
  type Cell,
  INAPPLICABLE,
  MISSING,
  type NameCell,
  name,
  optionalBytes,
  plural,
  type Words,
  words,
} from './cell.ts'
import type { Column } from './column.ts'
import { rootReason } from './references.ts'
import { type Branch, linesOf, type Section } from './section.ts'

/** Rows to show, and what stands below them. */
export interface Shown<T> {
  readonly rows: readonly T[]
  readonly hints: readonly Words[]
}

/** A package, or a store path of it. */
interface Row {
  readonly own: number
  readonly retained: Cell
  readonly saves: Cell
  readonly label: Cell
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'own', heading: 'own', value: ({ own }) => bytes(own) },
  { id: 'retained', heading: 'retained', value: ({ retained }) => retained, dispensable: 1 },
  { id: 'saves', heading: 'saves', value: ({ saves }) => saves },
  { id: 'name', heading: 'package ← who pulls it in', isName: true, value: ({ label }) => label },
]

/** The packages that are there in several versions, builds or variants. */
export function packagesSection(
  { packages, saved, computedAll }: Duplicates,
  { rows, hints }: Shown<DuplicatePackage>,
  nameOf: (key: ByteString) => NameCell,
): Section {
  if (packages.length === 0) return { body: linesOf(['No package is there twice.']) }
  const strict = packages.filter(({ kind }) => kind !== 'variants').length
  const isNeeded = rows.some(({ copies }) => copies.some(({ ifKept }) => ifKept?.needsOthers === true))
  return {
    title: ['Packages in several copies'],
    ...(saved === undefined || strict === 0 ? {} : { note: ['(one each saves ', about(saved), ')'] }),
    body: { kind: 'tree', columns: COLUMNS, roots: rows.map((some) => packageBranch(some, nameOf)) },
    hints: [
      ...(saved === undefined ? [] : [['≈ what goes if all references to the others lead to it']]),
      ...hints,
      ...(isNeeded ? [['* needs another copy itself, as it is built now']] : []),
      ...(computedAll ? [] : [['there are too many to compute what each saves']]),
    ],
  }
}

function branchOf(row: Row, children: readonly Branch[]): Branch {
  return { cells: COLUMNS.map(({ value }) => value(row)), children }
}

function packageBranch(
  { name: its, own, kind, copies }: DuplicatePackage,
  nameOf: (key: ByteString) => NameCell,
): Branch {
  const label = words(name(its), ': ', ...plural(copies.length, kind.slice(0, -1), kind))
  const children = copies.flatMap(({ paths, ifKept }) =>
    paths.map((path, index) => {
      // What a copy saves, it saves with all its outputs, so only the first one tells.
      const saves = index > 0 ? MISSING : ifKept === undefined ? INAPPLICABLE : about(ifKept.bytes)
      const mark = index === 0 && ifKept?.needsOthers === true ? ' *' : ''
      const row = { own: path.own, retained: optionalBytes(path.retained), saves, label: pathCell(path, mark, nameOf) }
      return branchOf(row, [])
    }),
  )
  return { ...branchOf({ own, retained: MISSING, saves: MISSING, label }, children), isStrong: true }
}

/** A store path, and who pulls it in, from its referrer to the root. */
function pathCell(
  { key, chain, referrers, root }: DuplicatePath,
  mark: string,
  nameOf: (key: ByteString) => NameCell,
): Cell {
  const its = nameOf(key)
  if (root !== undefined) {
    return {
      kind: 'wordings',
      wordings: [
        [its, `${mark} (`, ...rootReason(root), ')'],
        [its, `${mark} (root)`],
        [its, mark],
      ],
    }
  }
  return { kind: 'chain', name: its, mark, links: chain.slice(1).map(nameOf), more: Math.max(referrers.length - 1, 0) }
}
