import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import type { InsideRow } from '../analyses/inside-rows.ts'
import type { RegionRow, Report } from '../analyses/report.ts'
import { type Account, isBesideTree, OUTSIDE, structuresRegion } from '../inventory/attribution.ts'
import { bytes, count, INAPPLICABLE, joined, MISSING, name, plural, share, type Words, words } from './cell.ts'
import type { Column } from './column.ts'
import { accountName, narrowFileName } from './file-names.ts'
import { insideWords } from './inside-words.ts'
import { sumRow } from './owners.ts'
import { discRows, outsideRows } from './remainders.ts'
import { type Section, tableOf } from './section.ts'

/** The share of the image from which a file gets its own row in its region. */
const WORTH_A_ROW = 0.01
const MAX_ROWS = 12
/** How many images we describe in one row. */
const MAX_INSIDE = 2
/** The characters for a region and what is inside: "boot/…/initrd-linux-6.12.63  zstd cpio, 61 store paths". */
const ROOM_FOR_INSIDE = 62

/** A part of an image at its top level. */
interface Part {
  readonly label: Words
  readonly own: number
  readonly unpacked: number
  /** What the images in it are, in a few words. */
  readonly inside: Words
  /** Whether it is what is left: tables and padding. */
  readonly isAside: boolean
  /** Whether it has no unpacked size, because it is a part beside the tree. */
  readonly withoutContent?: boolean
}

/**
 * The image by its regions: the top level of a disc, with rows of their own for large files.
 * @param most rows before we sum up the rest
 */
export function regionsSection(report: Report, most: number = MAX_ROWS): Section {
  const parts = partsOf(report).sort((a, b) => Number(a.isAside) - Number(b.isAside) || b.own - a.own)
  const things = parts.filter(({ isAside }) => !isAside)
  const asides = parts.filter(({ isAside }) => isAside)
  const shown = things.slice(0, most)
  const hidden = things.slice(most)
  // Where few rows are wanted, what is left over is part of the rest.
  if (most < MAX_ROWS) hidden.push(...asides)
  if (hidden.length > 0) shown.push(sumOf(['[', count(hidden.length), ' more]'], hidden, true))
  if (most >= MAX_ROWS) shown.push(...asides)
  const hasInside = shown.some(({ inside }) => inside.length > 0)
  const table = tableOf(columnsOf(report.image.size, hasInside), shown, ({ isAside }) => isAside)
  return { body: hasInside ? { ...table, roomForNames: ROOM_FOR_INSIDE } : table }
}

function columnsOf(size: number, hasInside: boolean): readonly Column<Part>[] {
  const columns: readonly Column<Part>[] = [
    { id: 'own', heading: 'on ISO', value: ({ own }) => bytes(own) },
    { id: 'share', heading: '%', value: ({ own }) => share(own, size) },
    {
      id: 'unpacked',
      heading: 'unpacked',
      dispensable: 1,
      value: ({ isAside, withoutContent, unpacked }) =>
        withoutContent === true || (isAside && unpacked === 0) ? INAPPLICABLE : bytes(unpacked),
    },
    {
      id: 'bar',
      heading: '',
      dispensable: 2,
      value: ({ isAside, own }) => (isAside ? MISSING : { kind: 'bar', part: own, whole: size }),
    },
    { id: 'region', heading: '', isName: true, value: ({ label }) => onlyCell(label) },
  ]
  return hasInside
    ? [...columns, { id: 'inside', heading: 'inside', isName: true, value: ({ inside }) => words(...inside) }]
    : columns
}

/** A name alone stays a name, which has a shorter form. */
function onlyCell(label: Words): ReturnType<Column<Part>['value']> {
  const [only] = label
  return label.length === 1 && only !== undefined && typeof only !== 'string' ? only : words(...label)
}

function partsOf(report: Report): Part[] {
  const namesOfImages = new Map(report.image.squashfs.map(({ path, otherNames }) => [path, otherNames]))
  const accountsOf = new Map<string, Account[]>()
  for (const account of report.accounts) {
    const known = accountsOf.get(account.region)
    if (known === undefined) accountsOf.set(account.region, [account])
    else known.push(account)
  }
  return report.regions.flatMap((region) => {
    const mine = accountsOf.get(region.name) ?? []
    // An image inside is one row, whatever its format. Its region is a path and has structures.
    const isImage = region.name.startsWith('/') && mine.some(({ kind }) => kind === 'structure')
    if (!isImage) return regionParts(region, mine, report)
    const label = [narrowFileName(region.name, namesOfImages.get(region.name))]
    return [{ ...region, label, inside: insideOf(region.name, report), isAside: false }]
  })
}

function regionParts(region: RegionRow, mine: readonly Account[], report: Report): Part[] {
  const { image } = report
  const { format, size } = image
  if (region.name === structuresRegion(format)) {
    return discRows(mine, image).map((row) => ({ ...row, inside: [], isAside: true }))
  }
  if (region.name === OUTSIDE) return outsideRows(mine).map((row) => ({ ...row, inside: [], isAside: true }))
  const own = mine.filter((account) => account.own > 0)
  const large = own.length > 1 ? own.filter((account) => account.own >= size * WORTH_A_ROW) : own
  const rest = own.filter((account) => !large.includes(account))
  const parts: Part[] = large.map((account) => ({
    label: [accountName(account)],
    own: account.own,
    unpacked: account.unpacked,
    isAside: false,
    ...(isBesideTree(account) ? { withoutContent: true } : {}),
    // Only an owner may be a folder of several images.
    inside: insideOf(account.name, report, account.kind === 'owner'),
  }))
  if (rest.length > 0) {
    const path = region.name.startsWith('/') && region.name.length > 1 ? region.name.slice(1) : region.name
    const label = name(`${path}${rest.length > 1 || large.length > 0 ? '/' : ''}`)
    const more: Words = large.length > 0 ? [' (', ...plural(rest.length, 'more file'), ')'] : []
    const inside = rest
      .map(({ name: its, kind }) => insideOf(its, report, kind === 'owner'))
      .filter((told) => told.length > 0)
    const told: Words = inside.length > 1 ? [count(inside.length), ' images'] : (inside[0] ?? [])
    parts.push({ ...sumOf([label, ...more], rest, false), inside: told })
  }
  return parts
}

function sumOf(label: Words, rows: readonly (Part | Account)[], isAside: boolean): Part {
  const { own, unpacked } = sumRow(
    label,
    rows.map((row) => ({ files: 0, ...row })),
  )
  return { label, own, unpacked, inside: [], isAside }
}

/** The images inside, by their paths. A disc may have thousands of them, and more files. */
const rowsByPath = oncePer(({ inside }: Pick<Report, 'inside'>) => new Map(inside.map((row) => [row.path, row])))

/** The image at a path, or those below it. An image inside another of them is not told. */
export function outermostAt(path: ByteString, report: Pick<Report, 'inside'>, below: boolean): readonly InsideRow[] {
  const { inside } = report
  const at = rowsByPath(report)
  const row = at.get(path)
  if (row !== undefined || !below) return row === undefined ? [] : [row]
  const found: InsideRow[] = []
  const start = `${path}/`
  // They are in the order of their paths, so those that begin with a text follow each other.
  for (let index = firstFrom(inside, start); inside[index]?.path.startsWith(start) === true; index += 1) {
    const next = inside[index]!
    if (!isInOther(next.path, at, path.length)) found.push(next)
  }
  return found
}

/** Whether an image lies in another one that lies below a path of a length. */
function isInOther(path: ByteString, at: ReadonlyMap<ByteString, unknown>, length: number): boolean {
  for (let end = path.lastIndexOf('/'); end > length; end = path.lastIndexOf('/', end - 1)) {
    if (at.has(path.slice(0, end))) return true
  }
  return false
}

/** The index of the first image whose path is not before a text. */
function firstFrom(rows: readonly InsideRow[], start: ByteString): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rows[middle]!.path < start) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * What the images at a path are; no words if there are none.
 * @param below whether to include those below the path
 */
function insideOf(path: ByteString, report: Report, below = true): Words {
  const { noun } = report
  const outermost = outermostAt(path, report, below)
  const told = outermost.slice(0, MAX_INSIDE).map((row) => insideWords(row, noun))
  const more = outermost.length - MAX_INSIDE
  return joined([...told, ...(more > 0 ? [[count(more), ' more'] as Words] : [])], '; ')
}
