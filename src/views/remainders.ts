import { traitsOf } from '../../parsers/formats.ts'
import type { Report } from '../analyses/report.ts'
import { type Account, isBesideTree, OUTSIDE, structuresRegion } from '../inventory/attribution.ts'
import { name } from './cell.ts'
import { type SumRow, sumRow } from './owners.ts'

/** The bytes of an image that no owner and no file has, summed by what they are. */
export function remainderRows({ accounts, image }: Report): SumRow[] {
  const remainders = accounts.filter((account) => account.kind !== 'file' && account.kind !== 'owner')
  const ofDisc = structuresRegion(image.format)
  const disc = remainders.filter(({ region }) => region === ofDisc)
  const beside = remainders.filter(isBesideTree).sort((a, b) => b.own - a.own)
  const rest = remainders.filter(
    (account) => account.region !== ofDisc && account.region !== OUTSIDE && !isBesideTree(account),
  )
  const inSquashfs = new Set(image.squashfs.map(({ path }) => path))
  /** The format of a region. Of an image inside that is no squashfs, only the path is known. */
  const titleOf = (region: string): string =>
    inSquashfs.has(region) ? 'squashfs' : region === '/' ? traitsOf(image.format).title : ''
  const titles = [...new Set(rest.map(({ region }) => titleOf(region)))]
  return [
    ...beside.map((account) => sumRow(['[', name(account.name), ']'], [account])),
    ...outsideRows(remainders),
    ...titles.flatMap((title) =>
      asideRows(
        rest.filter(({ region }) => titleOf(region) === title),
        title,
      ),
    ),
    ...discRows(disc, image),
  ]
}

/** The parts of the file around the image, each by its name. */
export function outsideRows(accounts: readonly Account[]): SumRow[] {
  return accounts
    .filter(({ region }) => region === OUTSIDE)
    .map((account) => sumRow(['[', name(account.name), ']'], [account]))
}

const ASIDES: readonly { readonly kind: Account['kind']; readonly label: string }[] = [
  { kind: 'structure', label: 'tables' },
  { kind: 'padding', label: 'padding' },
  { kind: 'gap', label: 'bytes nothing refers to' },
  { kind: 'overlap', label: 'claimed twice' },
  { kind: 'unreadable', label: 'unreadable' },
]

/** The leftovers, summed by kind. */
function asideRows(accounts: readonly Account[], format: string): SumRow[] {
  return ASIDES.flatMap(({ kind, label }) => {
    const some = accounts.filter((account) => account.kind === kind)
    return some.length === 0 ? [] : [sumRow([`[${format === '' ? '' : `${format} `}${label}]`], some)]
  })
}

/**
 * The share of an ISO and the bytes from which a table gets its own row. In a small image all tables have a large
 * share.
 */
const WORTH_NAMING = 0.05
const WORTH_NAMING_BYTES = 1 << 20

/** The leftovers of a disc: other file systems on the same disc, by name, and tables that take much of it. */
export function discRows(accounts: readonly Account[], { format, size }: Report['image']): SumRow[] {
  const named = new Map<string, Account[]>()
  const rest: Account[] = []
  for (const account of accounts) {
    const table = account.kind === 'structure' ? nameOfTable(account, size) : undefined
    if (table === undefined) rest.push(account)
    else named.set(table, [...(named.get(table) ?? []), account])
  }
  const rows = Array.from(named, ([table, some]) => sumRow(['[', name(table), ']'], some))
  return [...rows.sort((a, b) => b.own - a.own), ...asideRows(rest, traitsOf(format).title)]
}

function nameOfTable({ name: its, own }: Account, size: number): string | undefined {
  const other = /^(HFS\+?|UDF) /.exec(its)
  if (other !== null) return `${other[1]!} metadata`
  // This is not a table but a file that the shown tree does not have.
  if (its.startsWith('file only in ')) return its
  return own >= Math.max(size * WORTH_NAMING, WORTH_NAMING_BYTES) ? its : undefined
}
