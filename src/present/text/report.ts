import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { RegionRow, Report, StorePathRow } from '../../analyses/report.ts'
import { type Account, ISO_STRUCTURES } from '../../store/attribution.ts'
import type { ImageSummary } from '../../store/image-summary.ts'
import { parseStorePathName } from '../../store/store-path.ts'
import { formatBytes, formatCount, formatPercent, type Unit } from '../units.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { bar, bold, dim, inAscii, type TextStyle } from './style.ts'
import { type Column, formatTable } from './table.ts'

export type SortKey = 'own' | 'unpacked' | 'files' | 'name'

/** What the report shows, and how. */
export interface ReportOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** Rows of the list of store paths; 0 for all. */
  readonly top: number
  readonly sort: SortKey
  /** Store paths smaller than this are summed up. */
  readonly min: number
  /** Store paths with /nix/store and hash. */
  readonly fullPaths: boolean
}

const BAR_WIDTH = 20
/** Part of the image from which a file among others in its region is shown by itself. */
const WORTH_A_ROW = 0.01
const MAX_REGION_ROWS = 12

/** One line of a table: what it is called and what it takes. */
interface Row {
  readonly label: string
  readonly own: number
  readonly unpacked: number
  readonly files: number
  /** A leftover or a total rather than a thing: shown in brackets or dim. */
  readonly aside?: boolean
}

/** The report as text, ending in a newline. */
export function reportText(report: Report, options: ReportOptions): string {
  const { image } = report
  const sections = [header(image, options)]
  if (image.format === 'iso9660') sections.push(regionsTable(report, options))
  sections.push(ownersTable(report, options))
  const twice = paidTwice(report, options)
  if (twice !== '') sections.push(twice)
  const text = `${sections.join('\n\n')}\n`
  return options.style.unicode ? text : inAscii(text)
}

function header(image: ImageSummary, { style, unit }: ReportOptions): string {
  const size = unit === 'bytes' ? '' : `   ${formatBytes(image.size, unit)}`
  const lines = [`${bold(printableText(image.name), style)}${size}   ${formatCount(image.size)} bytes`]
  const facts = [
    ...(image.label === null ? [] : [`NixOS ${printableText(image.label)}`]),
    ...(image.volumeId === null ? [] : [`volume ${printable(image.volumeId)}`]),
    ...(image.storePaths === 0 ? [] : [plural(image.storePaths, 'store path')]),
  ]
  if (facts.length > 0) lines.push(facts.join(' · '))
  for (const { path, compressor, compressorOptions, blockSize } of image.squashfs) {
    const how = `squashfs ${compressor}${compressorOptions === null ? '' : ` (${compressorOptions})`}`
    const where = path === '/' ? '' : `${printable(path.slice(1))}: `
    lines.push(`${where}${how}, ${formatBytes(blockSize, 'iec').replace('.0', '')} blocks`)
  }
  return lines.join('\n')
}

/** The image by its regions: what lies at the top of an ISO, with large files among others shown by themselves. */
function regionsTable(report: Report, options: ReportOptions): string {
  const { size } = report.image
  const inside = new Set(report.image.squashfs.map((squashfs) => squashfs.path))
  const rows: Row[] = []
  for (const region of report.regions) {
    if (inside.has(region.name)) rows.push({ label: printable(region.name.slice(1)), ...region, files: 0 })
    else rows.push(...regionParts(region, report.accounts, size))
  }
  rows.sort((a, b) => Number(a.aside ?? false) - Number(b.aside ?? false) || b.own - a.own)
  const things = rows.filter((row) => row.aside !== true)
  const shown = things.slice(0, MAX_REGION_ROWS)
  const hidden = things.slice(MAX_REGION_ROWS)
  if (hidden.length > 0) shown.push(sumRow(`[${hidden.length} more]`, hidden))
  shown.push(...rows.filter((row) => row.aside === true))
  const columns: Column[] = [
    { heading: 'ON ISO', align: 'right' },
    { heading: '%', align: 'right' },
    { heading: 'UNPACKED', align: 'right' },
    { heading: '', align: 'left' },
    { heading: '', align: 'left' },
  ]
  const { style, unit } = options
  const cells = shown.map((row) => [
    formatBytes(row.own, unit),
    formatPercent(row.own, size),
    row.aside === true && row.unpacked === 0 ? '–' : formatBytes(row.unpacked, unit),
    row.aside === true ? '' : bar(row.own, size, BAR_WIDTH, style).padEnd(BAR_WIDTH),
    row.label,
  ])
  return finishTable(columns, cells, shown, options)
}

function regionParts(region: RegionRow, accounts: readonly Account[], size: number): Row[] {
  const mine = accounts.filter((account) => account.region === region.name)
  if (region.name === ISO_STRUCTURES) return asideRows(mine, 'ISO9660')
  const own = mine.filter((account) => account.own > 0)
  const large = own.length > 1 ? own.filter((account) => account.own >= size * WORTH_A_ROW) : own
  const rest = own.filter((account) => !large.includes(account))
  const rows: Row[] = large.map((account) => ({ label: accountLabel(account), ...account }))
  const label = `${printable(region.name.slice(1))}${rest.length > 1 || large.length > 0 ? '/' : ''}`
  if (rest.length > 0) {
    const more = large.length > 0 ? ` (${plural(rest.length, 'more file')})` : ''
    rows.push({ ...sumRow(label + more, rest), aside: false })
  }
  return rows
}

/** A path of the image for a narrow column: "boot/…/linux-6.1.192" for a store path. */
function accountLabel(account: Account): string {
  const path = account.name.slice(1)
  if (account.storePath === undefined) return printable(path)
  const name = parseStorePathName(account.storePath)?.name ?? account.storePath
  return `${printable(path.slice(0, path.indexOf('/') + 1))}…/${printable(name)}`
}

/** Who owns the image: the largest store paths, or files where there are none, and all that is left over. */
function ownersTable(report: Report, options: ReportOptions): string {
  const { accounts, storePaths, image } = report
  const files = accounts.filter((account) => account.kind === 'file')
  const nix = storePaths.length > 0
  const owners: readonly (StorePathRow | Account)[] = nix ? storePaths : files
  const sorted = sortOwners(owners, options.sort)
  const large = options.min > 0 ? sorted.filter((owner) => owner.own >= options.min) : sorted
  const shown = options.top === 0 ? large : large.slice(0, options.top)
  // Labels are made only for what is shown: there may be a million owners.
  const labelOf = nix ? storePathLabels(storePaths, options.fullPaths) : (owner: Named) => printable(owner.name)
  const rows: Row[] = shown.map((owner) => ({ ...owner, label: labelOf(owner) }))
  const hidden = owners.length - shown.length
  if (hidden > 0) {
    const sum = sumRow('', owners)
    const seen = sumRow('', shown)
    rows.push({
      label: nix ? `[${plural(hidden, 'more store path')}]` : `[${plural(hidden, 'more entry', 'more entries')}]`,
      own: sum.own - seen.own,
      unpacked: sum.unpacked - seen.unpacked,
      files: sum.files - seen.files,
      aside: true,
    })
  }
  const others = files.filter((file) => file.own > 0 || file.files > 0)
  if (nix && others.length > 0) rows.push(sumRow('[files outside store paths]', others))
  const remainders = accounts.filter((account) => account.kind !== 'file' && account.kind !== 'storePath')
  const iso = remainders.filter((account) => account.region === ISO_STRUCTURES)
  const rest = remainders.filter((account) => account.region !== ISO_STRUCTURES)
  rows.push(...asideRows(rest, image.squashfs.length > 0 ? 'squashfs' : ''), ...asideRows(iso, 'ISO9660'))
  rows.push(sumRow('total', accounts))

  const columns: Column[] = [
    { heading: 'OWN', align: 'right' },
    { heading: '%', align: 'right' },
    { heading: 'UNPACKED', align: 'right' },
    { heading: 'FILES', align: 'right' },
    { heading: nix ? 'STORE PATH' : 'FILE', align: 'left' },
  ]
  const cells = rows.map((row) => [
    formatBytes(row.own, options.unit),
    formatPercent(row.own, image.size),
    row.aside === true && row.unpacked === 0 ? '–' : formatBytes(row.unpacked, options.unit),
    row.aside === true && row.files === 0 ? '–' : formatCount(row.files),
    row.label,
  ])
  const order = options.sort === 'own' ? '' : ` by ${options.sort}`
  const title = `${bold(nix ? `Largest store paths${order}` : `Largest files${order}`, options.style)}   (own: bytes in the image; adds up to the file)`
  const hint = hidden > 0 && options.top !== 0 ? dim('\n-n 0 shows all', options.style) : ''
  return `${title}\n${finishTable(columns, cells, rows, options)}${hint}`
}

function sortOwners(owners: readonly (StorePathRow | Account)[], key: SortKey): readonly (StorePathRow | Account)[] {
  if (key === 'name') return [...owners].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return [...owners].sort((a, b) => b[key] - a[key] || b.own - a.own)
}

/** What a store path and any other owner have in common for a label. */
interface Named {
  readonly name: ByteString
  readonly path?: string
}

/** "name", with as much of the hash before it as tells it from others of that name. */
function storePathLabels(storePaths: readonly StorePathRow[], full: boolean): (row: Named) => string {
  if (full) return (row) => row.path ?? row.name
  const hashes = new Map<string, string[]>()
  for (const { name, path } of storePaths) hashes.set(name, [...(hashes.get(name) ?? []), path.slice(11, 43)])
  return ({ name, path }) => {
    const others = hashes.get(name) ?? []
    if (others.length < 2 || path === undefined) return name
    const hash = path.slice(11, 43)
    let length = 4
    while (length < 32 && others.some((other) => other !== hash && other.startsWith(hash.slice(0, length)))) length += 1
    return `${hash.slice(0, length)}…-${name}`
  }
}

const ASIDES: readonly { readonly kind: Account['kind']; readonly label: string }[] = [
  { kind: 'structure', label: 'tables' },
  { kind: 'padding', label: 'padding' },
  { kind: 'gap', label: 'bytes nothing refers to' },
  { kind: 'overlap', label: 'claimed twice' },
  { kind: 'unreadable', label: 'unreadable' },
]

/** What is left over, summed by kind. */
function asideRows(accounts: readonly Account[], format: string): Row[] {
  const rows: Row[] = []
  for (const { kind, label } of ASIDES) {
    const some = accounts.filter((account) => account.kind === kind)
    if (some.length > 0) rows.push(sumRow(`[${format === '' ? '' : `${format} `}${label}]`, some))
  }
  return rows
}

function sumRow(label: string, rows: readonly { own: number; unpacked: number; files: number }[]): Row {
  let own = 0
  let unpacked = 0
  let files = 0
  for (const row of rows) {
    own += row.own
    unpacked += row.unpacked
    files += row.files
  }
  return { label, own, unpacked, files, aside: true }
}

/** Store paths with bytes in two regions, such as a kernel beside the squashfs and inside it. */
function paidTwice(report: Report, { unit }: ReportOptions): string {
  const lines: string[] = []
  for (const { name, ownByRegion } of report.storePaths) {
    const regions = Object.entries(ownByRegion).filter(([, own]) => own > 0)
    if (regions.length < 2) continue
    const parts = regions.map(([region, own]) => `${formatBytes(own, unit)} in ${regionLabel(region)}`)
    lines.push(`  ${name}: ${parts.join(', ')}`)
  }
  return lines.length === 0 ? '' : `Paid for twice\n${lines.join('\n')}`
}

function regionLabel(region: ByteString): string {
  return printable(region.startsWith('/') && region.length > 1 ? region.slice(1) : region)
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Lays the table out; where the names, which stand last, do not fit, their middles go. */
function finishTable(
  columns: readonly Column[],
  cells: string[][],
  rows: readonly Row[],
  options: ReportOptions,
): string {
  const { style } = options
  const last = columns.length - 1
  const widths = columns
    .slice(0, last)
    .map((column, index) => Math.max(column.heading.length, ...cells.map((row) => row[index]!.length)))
  const room = style.width - widths.reduce((sum, width) => sum + width + 2, 0)
  const fitted = cells.map((row, index) => {
    const label = shortenMiddle(row[last]!, room)
    return [...row.slice(0, last), rows[index]!.aside === true ? dim(label, style) : label]
  })
  return formatTable(columns, fitted)
}
