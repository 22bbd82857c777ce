import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import { nameOf } from '../owners/names.ts'
import type { InsideRow } from './inside-rows.ts'

/** A part of an image inside: an owner, a directory with all below it, or what is left. */
export interface InsidePart {
  /** The name of an owner, or a path in the image inside, with a slash at the end for a directory. */
  readonly name: ByteString
  readonly kind: 'owner' | 'file' | 'directory' | 'files' | 'structures'
  readonly own: number
  readonly unpacked: number
  readonly files: number
}

/** Directories with a larger part of the image are shown by what is in them. */
const LARGE = 0.4

/** The largest parts of an image inside, largest first, and sums of the rest. They add up to the image. */
export function insideParts(row: InsideRow, count: number): readonly InsidePart[] {
  const { accounts, path } = row
  const files = accounts.filter(({ kind }) => kind === 'file')
  const others = accounts.filter(({ kind }) => kind !== 'file' && kind !== 'owner')
  const owners = Array.from(ownerTotals(accounts), ([key, { own, unpacked, files: number }]): InsidePart => {
    return { name: nameOf(key), kind: 'owner', own, unpacked, files: number }
  })
  const parts = (owners.length > 0 ? owners : largestFolders(files, path, row.own, count)).sort(bySize)
  const shown = parts.slice(0, count)
  const hidden = parts.slice(count)
  return [
    ...shown,
    ...sumOf(hidden, 'files', owners.length > 0 ? `${hidden.length} more` : 'all else'),
    ...(owners.length > 0 ? sumOf(files, 'files', 'other files') : []),
    ...sumOf(others, 'structures', 'tables and padding'),
  ]
}

function bySize(a: InsidePart, b: InsidePart): number {
  return b.own - a.own || (a.name < b.name ? -1 : 1)
}

function sumOf(
  parts: readonly Pick<Account, 'own' | 'unpacked' | 'files'>[],
  kind: InsidePart['kind'],
  name: string,
): InsidePart[] {
  const sum = { name, kind, own: 0, unpacked: 0, files: 0 }
  for (const { own, unpacked, files } of parts) {
    sum.own += own
    sum.unpacked += unpacked
    sum.files += files
  }
  return sum.own === 0 ? [] : [sum]
}

/** A directory, and the accounts of files in it. */
interface Folder {
  /** Its path with a slash at the end, or the path of a file. */
  readonly name: ByteString
  readonly accounts: readonly Account[]
  readonly own: number
}

/** The top directories, and in place of each large one what is in it, until there are enough rows. */
function largestFolders(files: readonly Account[], root: ByteString, total: number, count: number): InsidePart[] {
  let folders = foldersIn(files, `${root}/`)
  for (;;) {
    const open = folders.filter(({ name, own }) => name.endsWith('/') && own > total * LARGE)
    const largest = open.sort((a, b) => b.own - a.own)[0]
    if (largest === undefined) break
    const below = foldersIn(largest.accounts, largest.name)
    // A directory of thousands of small files says more than a few of them.
    if (below.length > count && !below.some(({ own }) => own > largest.own / 10)) break
    folders = [...folders.filter((folder) => folder !== largest), ...below]
    if (folders.length > 4 * count) break
  }
  return folders.flatMap(({ name, accounts }) =>
    sumOf(accounts, name.endsWith('/') ? 'directory' : 'file', name.slice(root.length + 1)),
  )
}

function foldersIn(accounts: readonly Account[], prefix: ByteString): Folder[] {
  const found = new Map<ByteString, Account[]>()
  for (const account of accounts) {
    const slash = account.name.indexOf('/', prefix.length)
    const name = slash < 0 ? account.name : account.name.slice(0, slash + 1)
    const known = found.get(name)
    if (known === undefined) found.set(name, [account])
    else known.push(account)
  }
  return Array.from(found, ([name, some]) => ({
    name,
    accounts: some,
    own: some.reduce((sum, { own }) => sum + own, 0),
  }))
}
