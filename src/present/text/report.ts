import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { hex } from '../../../parsers/bytes/errors.ts'
import { traitsOf } from '../../../parsers/formats.ts'
import { insideParts } from '../../analyses/inside-parts.ts'
import type { InsideRow } from '../../analyses/inside-rows.ts'
import type { Holding, OwnerRow, RegionRow, Report, ReportReferences } from '../../analyses/report.ts'
import { type Account, isBesideTree, OUTSIDE, structuresRegion } from '../../inventory/attribution.ts'
import { wastedBytes } from '../../inventory/paid-twice.ts'
import { fullName } from '../../owners/names.ts'
import { duplicatesText } from '../duplicates-words.ts'
import { insideWords } from '../inside-words.ts'
import { formatBytes, formatCount, formatPercent, plural, type Unit } from '../units.ts'
import { accountLabels, insideLabel, labelsOf } from './account-labels.ts'
import { arrowText } from './arrow.ts'
import { leftovers } from './leftovers.ts'
import { namesLabel, withoutSlash } from './names-label.ts'
import { ownerLabels } from './owner-labels.ts'
import { paidTwiceLines } from './paid-twice.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { referencesFrom } from './references-from.ts'
import { rootReason } from './root-reason.ts'
import { bar, bold, dim, inAscii, type TextStyle } from './style.ts'
import { type Column, formatTable } from './table.ts'
import { wrap, wrapPhrases } from './wrap.ts'

export type SortKey = 'own' | 'retained' | 'closure' | 'unpacked' | 'files' | 'name'

/** The contents and layout of the report. */
export interface ReportOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** Rows in the list of store paths; 0 for all. */
  readonly top: number
  readonly sort: SortKey
  /** We sum up store paths that are smaller. */
  readonly min: number
  /** Whether store paths appear with /nix/store and hash. */
  readonly fullPaths: boolean
  /** Whether to show where each gap and overlap lies. */
  readonly verbose?: boolean | undefined
}

const BAR_WIDTH = 20
/** The share of the image from which a file gets its own row in its region. */
const WORTH_A_ROW = 0.01
const MAX_REGION_ROWS = 12

/** One row of a table: a label and sizes. */
interface Row {
  readonly label: string
  /** The label of a hard-linked file if two names do not fit. */
  readonly shortLabel?: string
  readonly own: number
  readonly unpacked: number
  readonly files: number
  readonly retained?: number
  readonly closure?: number
  readonly pulledInBy?: string
  /** What the image in it is, in a few words. */
  readonly inside?: string
  /** Whether it has no unpacked size, because it is a part beside the tree. */
  readonly withoutContent?: boolean
  /** A leftover or a total: shown in brackets or dim. */
  readonly isLeftover?: boolean
}

/** The report as text, ending in a newline. */
export function reportText(report: Report, options: ReportOptions): string {
  const { image } = report
  const sections = [header(report, options)]
  if (hasRegions(image)) sections.push(regionsTable(report, options))
  sections.push(ownersTable(report, options))
  sections.push(
    ...report.inside.filter(({ format }) => format === 'initrd').map((row) => insideTable(row, report, options)),
  )
  sections.push(bestCuts(report, options), paidTwice(report, options), duplicates(report, options))
  sections.push(hiddenReferences(report, options), byChance(report, options))
  if (options.verbose === true) sections.push(leftovers(report, options.style))
  const text = `${sections.filter((section) => section !== '').join('\n\n')}\n`
  return options.style.unicode ? text : inAscii(text)
}

/** Whether the top-level parts of an image get a table of their own: those of a disc do. */
function hasRegions({ format }: Report['image']): boolean {
  return traitsOf(format).looksInside === 'files'
}

function header(report: Report, { style, unit }: ReportOptions): string {
  const { image, noun, references, inside } = report
  const size = unit === 'bytes' ? '' : `   ${formatBytes(image.size, unit)}`
  const lines = [`${bold(printableText(image.name), style)}${size}   ${formatCount(image.size)} bytes`]
  const start = startsAt(image)
  const isNamed = image.volumeId !== null || start !== undefined || image.squashfs.some(({ path }) => path === '/')
  const facts = [
    ...(isNamed ? [] : [traitsOf(image.format).title]),
    ...(image.label === null ? [] : [`NixOS ${printableText(image.label)}`]),
    ...(image.volumeId === null ? [] : [`volume ${printable(image.volumeId)}`]),
    ...(image.owners === 0 ? [] : [plural(image.owners, ...noun)]),
    ...kernelReleases(inside).map((release) => `Linux ${printable(release)}`),
  ]
  if (facts.length > 0) lines.push(...wrapPhrases(facts.join(' · ').split(/(?<= ·) /), style.width, '  '))
  if (image.compression !== undefined && image.unpackedSize !== undefined) {
    const tool = printableText(image.compression)
    lines.push(`compressed with ${tool}; unpacks to ${formatBytes(image.unpackedSize, unit)}`)
  }
  if (hasRegions(image) && start !== undefined) lines.push(start)
  for (const { path, otherNames, compressor, compressorOptions, blockSize } of image.squashfs) {
    const how = printableText(`${compressor}${compressorOptions === null ? '' : ` (${compressorOptions})`}`)
    const inside = path === '/' ? '' : `${namesLabel(path.slice(1), withoutSlash(otherNames ?? []))}: squashfs`
    const where = inside !== '' ? inside : start === undefined ? 'squashfs' : `${start}:`
    lines.push(`${where} ${how}, ${formatBytes(blockSize, 'iec').replace('.0', '')} blocks`)
  }
  if (references !== undefined) lines.push(...rootLines(references, report))
  return lines.join('\n')
}

/** The releases of the kernels inside, each once. */
function kernelReleases(inside: Report['inside']): readonly string[] {
  const releases = inside.flatMap(({ format, facts }) =>
    format === 'kernel' && facts['release'] !== undefined ? [String(facts['release'])] : [],
  )
  return [...new Set(releases)]
}

/** "AppImage, squashfs at offset 0x2e000" for an image that does not begin at the start of its file. */
function startsAt({ format, offset, container }: Report['image']): string | undefined {
  if (offset === undefined) return undefined
  const what = container === undefined ? '' : `${printableText(container)}, `
  return `${what}${traitsOf(format).title} at offset ${hex(offset)}`
}

/** Short labels of the owners. */
function labelsIn({ owners, contentNames }: Report): (key: ByteString) => string {
  return ownerLabels(
    owners.map(({ key }) => key),
    contentNames,
  )
}

/** How many roots we name. An image without a system may have as many roots as store paths. */
const MAX_ROOTS = 10

/** The roots of the image, and how we know the references. */
function rootLines({ roots, origin, complete }: ReportReferences, report: Report): string[] {
  if (roots.length === 0) return []
  const heading = roots.length === 1 ? 'root: ' : 'roots: '
  const labelOf = labelsIn(report)
  const named = roots.slice(0, MAX_ROOTS).map((root) => `${labelOf(root.owner)} (${rootReason(root)})`)
  if (roots.length > MAX_ROOTS) named.push(`and ${formatCount(roots.length - MAX_ROOTS)} more (--json has all)`)
  return [
    ...named.map((name, index) => (index === 0 ? heading : ' '.repeat(heading.length)) + name),
    referencesFrom(origin, complete),
  ]
}

/** The image by its regions: the top level of an ISO, with rows of their own for large files. */
function regionsTable(report: Report, options: ReportOptions): string {
  const { size } = report.image
  const inside = new Map(report.image.squashfs.map(({ path, otherNames }) => [path, otherNames]))
  const accountsOf = new Map<string, Account[]>()
  for (const account of report.accounts) {
    const known = accountsOf.get(account.region)
    if (known === undefined) accountsOf.set(account.region, [account])
    else known.push(account)
  }
  const rows: Row[] = []
  for (const region of report.regions) {
    const mine = accountsOf.get(region.name) ?? []
    // An image inside is one row, whatever its format. Its region is a path and has structures.
    const isImage = region.name.startsWith('/') && mine.some(({ kind }) => kind === 'structure')
    if (isImage) {
      const labels = labelsOf(region.name, inside.get(region.name), true)
      rows.push({ ...labels, ...region, files: 0, inside: insideText(region.name, report, options) })
    } else rows.push(...regionParts(region, mine, report, options))
  }
  rows.sort((a, b) => Number(a.isLeftover ?? false) - Number(b.isLeftover ?? false) || b.own - a.own)
  const things = rows.filter((row) => row.isLeftover !== true)
  const shown = things.slice(0, MAX_REGION_ROWS)
  const hidden = things.slice(MAX_REGION_ROWS)
  if (hidden.length > 0) shown.push(sumRow(`[${hidden.length} more]`, hidden))
  shown.push(...rows.filter((row) => row.isLeftover === true))
  const { style, unit } = options
  const hasInside = shown.some((row) => (row.inside ?? '') !== '')
  const bars = shown.map(({ own, isLeftover }) =>
    isLeftover === true ? '' : bar(own, size, BAR_WIDTH, style).padEnd(BAR_WIDTH),
  )
  const measures = [
    { heading: 'ON ISO', dispensable: 0, cells: shown.map(({ own }) => formatBytes(own, unit)) },
    { heading: '%', dispensable: 0, cells: shown.map(({ own }) => formatPercent(own, size)) },
    {
      heading: 'UNPACKED',
      dispensable: hasInside ? 1 : 0,
      cells: shown.map(({ isLeftover, withoutContent, unpacked }) =>
        withoutContent === true || (isLeftover === true && unpacked === 0) ? '–' : formatBytes(unpacked, unit),
      ),
    },
    { heading: '', dispensable: hasInside ? 2 : 0, cells: bars.map((text) => text.padEnd(BAR_WIDTH)) },
  ]
  const names = [{ heading: '', cells: shown.map(({ label }) => label) }]
  if (hasInside) names.push({ heading: 'INSIDE', cells: shown.map((row) => row.inside ?? '') })
  return fitTable(measures, names, shown, options, hasInside ? ROOM_FOR_INSIDE : ROOM_FOR_NAMES)
}

/**
 * What the images at a path are; '' if there are none.
 * @param below whether to include those below the path
 */
function insideText(path: ByteString, { inside, noun }: Report, { unit }: ReportOptions, below = true): string {
  const found = inside.filter((row) => row.path === path || (below && row.path.startsWith(`${path}/`)))
  // An image inside another of them is not told here.
  const outermost = found.filter((row) => !found.some((other) => row.path.startsWith(`${other.path}/`)))
  const words = outermost.slice(0, MAX_INSIDE).map((row) => insideWords(row, noun, unit))
  return [...words, ...(outermost.length > MAX_INSIDE ? [`${outermost.length - MAX_INSIDE} more`] : [])].join('; ')
}

/** How many images we describe in one row. */
const MAX_INSIDE = 2
/** Rows of the largest parts of an initrd. */
const INSIDE_ROWS = 5

/** What an initrd is made of. */
function insideTable(row: InsideRow, { noun, accounts }: Report, options: ReportOptions): string {
  const { style, unit } = options
  const parts = insideParts(row, INSIDE_ROWS)
  const rows: Row[] = parts.map(({ name, kind, ...sizes }) => {
    const isSum = kind === 'files' || kind === 'structures'
    const label = name.endsWith(' more') ? `${name} ${noun[1]}` : name
    return { ...sizes, label: isSum ? `[${label}]` : printable(name), isLeftover: isSum }
  })
  const unpacked = rows.reduce((sum, part) => sum + part.unpacked, 0)
  const measures = MEASURES.map(({ heading, cell, dispensable }) => ({
    heading,
    dispensable,
    cells: rows.map((part) => cell(part, unit, row.own)),
  }))
  const path = insideLabel(row.path, accounts)
  const what = `   (${insideWords(row, noun, unit)}; ${formatBytes(row.own, unit)} for ${formatBytes(unpacked, unit)})`
  const title = `Inside ${shortenMiddle(path, Math.max(20, style.width - what.length - 7))}`
  const heading = row.owners > 0 ? noun[0].toUpperCase() : 'PATH'
  const table = fitTable(measures, [{ heading, cells: rows.map(({ label }) => label) }], rows, options)
  return `${bold(title, style)}${what}\n${table}`
}

function regionParts(region: RegionRow, mine: readonly Account[], report: Report, options: ReportOptions): Row[] {
  const { image } = report
  const { format, size } = image
  if (region.name === structuresRegion(format)) return discRows(mine, image)
  if (region.name === OUTSIDE) return outsideRows(mine)
  const own = mine.filter((account) => account.own > 0)
  const large = own.length > 1 ? own.filter((account) => account.own >= size * WORTH_A_ROW) : own
  const rest = own.filter((account) => !large.includes(account))
  const rows: Row[] = large.map((account) => ({
    ...accountLabels(account),
    ...account,
    ...(isBesideTree(account) ? { withoutContent: true } : {}),
    // Only an owner may be a folder of several images.
    inside: insideText(account.name, report, options, account.kind === 'owner'),
  }))
  const label = `${regionLabel(region.name)}${rest.length > 1 || large.length > 0 ? '/' : ''}`
  if (rest.length > 0) {
    const more = large.length > 0 ? ` (${plural(rest.length, 'more file')})` : ''
    const inside = rest
      .map(({ name, kind }) => insideText(name, report, options, kind === 'owner'))
      .filter((text) => text !== '')
    const told = inside.length === 1 ? inside[0]! : inside.length === 0 ? '' : `${inside.length} images`
    rows.push({ ...sumRow(label + more, rest), isLeftover: false, inside: told })
  }
  return rows
}

/** The owners of the image: the largest store paths, or files if there are none, and all leftovers. */
function ownersTable(report: Report, options: ReportOptions): string {
  const { accounts, owners, noun, image, references } = report
  const [one, several] = noun
  const files = accounts.filter((account) => account.kind === 'file')
  const hasOwners = owners.length > 0
  const listed: readonly (OwnerRow | Account)[] = hasOwners ? owners : files
  const holdingOf = ({ key }: Named): Holding | undefined =>
    key === undefined ? undefined : references?.holdings.get(key)
  const sorted = sortOwners(listed, options.sort, holdingOf)
  const large = options.min > 0 ? sorted.filter((owner) => owner.own >= options.min) : sorted
  const shown = options.top === 0 ? large : large.slice(0, options.top)
  // We make labels only for the rows that we show, because there may be a million owners.
  const shortLabel = labelsIn(report)
  const labelOf = ({ name, key, path, otherNames }: Named): Pick<Row, 'label' | 'shortLabel'> => {
    if (key === undefined || path === undefined) return labelsOf(name, otherNames, false)
    return { label: options.fullPaths ? printable(path) : shortLabel(key) }
  }
  const rows: Row[] = shown.map((owner) => {
    const holding = holdingOf(owner)
    return {
      ...owner,
      ...labelOf(owner),
      ...(holding === undefined
        ? {}
        : { retained: holding.retained, closure: holding.closure, pulledInBy: pulledInBy(holding, shortLabel) }),
    }
  })
  const hidden = listed.length - shown.length
  if (hidden > 0) {
    const sum = sumRow('', listed)
    const seen = sumRow('', shown)
    rows.push({
      label: hasOwners
        ? `[${plural(hidden, `more ${one}`, `more ${several}`)}]`
        : `[${plural(hidden, 'more entry', 'more entries')}]`,
      own: sum.own - seen.own,
      unpacked: sum.unpacked - seen.unpacked,
      files: sum.files - seen.files,
      isLeftover: true,
    })
  }
  const others = files.filter((file) => file.own > 0 || file.files > 0)
  if (hasOwners && others.length > 0) rows.push(sumRow('[other files]', others))
  const remainders = accounts.filter((account) => account.kind !== 'file' && account.kind !== 'owner')
  const iso = remainders.filter((account) => account.region === structuresRegion(image.format))
  const beside = remainders.filter(isBesideTree).sort((a, b) => b.own - a.own)
  const rest = remainders.filter(
    (account) =>
      account.region !== structuresRegion(image.format) && account.region !== OUTSIDE && !isBesideTree(account),
  )
  rows.push(...beside.map((account) => sumRow(`[${printable(account.name)}]`, [account])))
  rows.push(...outsideRows(remainders.filter(({ region }) => region === OUTSIDE)))
  const inSquashfs = new Set(image.squashfs.map(({ path }) => path))
  /** The format of a region. Of an image inside that is no squashfs, only the path is known. */
  const titleOf = (region: ByteString): string =>
    inSquashfs.has(region) ? 'squashfs' : region === '/' ? traitsOf(image.format).title : ''
  for (const title of new Set(rest.map(({ region }) => titleOf(region)))) {
    rows.push(
      ...asideRows(
        rest.filter(({ region }) => titleOf(region) === title),
        title,
      ),
    )
  }
  rows.push(...discRows(iso, image))
  rows.push(sumRow('total', accounts))

  const table = [...MEASURES, ...(references === undefined ? [] : HOLDING_MEASURES)]
    .sort((a, b) => a.place - b.place)
    .map(({ heading, cell, dispensable }) => ({
      heading,
      dispensable,
      cells: rows.map((row) => cell(row, options.unit, image.size)),
    }))
  const names = [{ heading: hasOwners ? one.toUpperCase() : 'FILE', cells: rows.map(({ label }) => label) }]
  if (references !== undefined)
    names.push({ heading: 'PULLED IN BY', cells: rows.map(({ pulledInBy }) => pulledInBy ?? '') })
  const what = hasOwners ? several : 'files'
  const order = options.sort === 'own' ? `Largest ${what}` : `Largest ${what} by ${options.sort}`
  const heading = options.sort === 'name' ? `${what[0]!.toUpperCase()}${what.slice(1)} by name` : order
  const title = `${bold(heading, options.style)}   (own: bytes in the image; adds up to the file)`
  const isCutByTop = options.top !== 0 && options.top < listed.length
  const more = [...(isCutByTop ? ['-n 0'] : []), ...(large.length < listed.length ? ['--min 0'] : [])]
  const hint = hidden > 0 ? dim(`\n${more.join(' ')} shows all`, options.style) : ''
  return `${title}\n${fitTable(table, names, rows, options)}${hint}`
}

function sortOwners(
  owners: readonly (OwnerRow | Account)[],
  key: SortKey,
  holdingOf: (owner: Named) => Holding | undefined,
): readonly (OwnerRow | Account)[] {
  if (key === 'name') return [...owners].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const sizeOf = (owner: OwnerRow | Account): number =>
    key === 'retained' || key === 'closure' ? (holdingOf(owner)?.[key] ?? 0) : owner[key]
  return [...owners].sort((a, b) => sizeOf(b) - sizeOf(a) || b.own - a.own)
}

/** The fields of an owner or a file that its label needs. */
interface Named {
  readonly name: ByteString
  /** Of an owner. */
  readonly key?: ByteString
  readonly path?: string
  readonly otherNames?: readonly ByteString[]
}

/** The direct referrers, in a few words. */
function pulledInBy({ referrers, reached }: Holding, labelOf: (key: ByteString) => string): string {
  const [first] = referrers
  if (!reached) return '(nothing)'
  if (first === undefined) return '(root)'
  if (referrers.length > 2) return plural(referrers.length, 'path')
  return referrers.length === 1 ? labelOf(first) : `${labelOf(first)} +1`
}

const ASIDES: readonly { readonly kind: Account['kind']; readonly label: string }[] = [
  { kind: 'structure', label: 'tables' },
  { kind: 'padding', label: 'padding' },
  { kind: 'gap', label: 'bytes nothing refers to' },
  { kind: 'overlap', label: 'claimed twice' },
  { kind: 'unreadable', label: 'unreadable' },
]

/** The leftovers, summed by kind. */
function asideRows(accounts: readonly Account[], format: string): Row[] {
  const rows: Row[] = []
  for (const { kind, label } of ASIDES) {
    const some = accounts.filter((account) => account.kind === kind)
    if (some.length > 0) rows.push(sumRow(`[${format === '' ? '' : `${format} `}${label}]`, some))
  }
  return rows
}

/** The parts of the file around the image, each by its name. */
function outsideRows(accounts: readonly Account[]): Row[] {
  return accounts.map((account) => ({ ...account, label: `[${printable(account.name)}]`, isLeftover: true }))
}

/**
 * The share of an ISO and the bytes from which a table gets its own row. In a small image all tables have a large
 * share.
 */
const WORTH_NAMING = 0.05
const WORTH_NAMING_BYTES = 1 << 20

/** The leftovers of a disc: other file systems on the same disc, by name, and tables that take much of it. */
function discRows(accounts: readonly Account[], { format, size }: Report['image']): Row[] {
  const named = new Map<string, Account[]>()
  const rest: Account[] = []
  for (const account of accounts) {
    const name = account.kind === 'structure' ? nameOfTable(account, size) : undefined
    if (name === undefined) rest.push(account)
    else named.set(name, [...(named.get(name) ?? []), account])
  }
  const rows = Array.from(named, ([name, some]) => sumRow(`[${printable(name)}]`, some))
  return [...rows.sort((a, b) => b.own - a.own), ...asideRows(rest, traitsOf(format).title)]
}

function nameOfTable({ name, own }: Account, size: number): string | undefined {
  const other = /^(HFS\+?|UDF) /.exec(name)
  if (other !== null) return `${other[1]!} metadata`
  // This is not a table but a file that the shown tree does not have.
  if (name.startsWith('file only in ')) return name
  return own >= Math.max(size * WORTH_NAMING, WORTH_NAMING_BYTES) ? name : undefined
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
  return { label, own, unpacked, files, isLeftover: true }
}

/** How many things that are there twice we list. */
const MAX_TWICE = 10

/** Content in several images, such as a kernel that is outside the squashfs and inside it. */
function paidTwice(report: Report, options: ReportOptions): string {
  const { unit, style } = options
  const { paidTwice: copies, comparedAll, accounts } = report
  if (copies.length === 0) return ''
  const wasted = copies.reduce((sum, copy) => sum + wastedBytes(copy), 0)
  const lines = [
    ...paidTwiceLines(copies, { unit, style, accounts, labelOf: labelsIn(report), top: MAX_TWICE, allBy: '--json' }),
    `${formatBytes(wasted, unit)} in second copies`,
  ]
  const how = comparedAll ? 'by content' : 'by content; the smaller files were not compared'
  return `${bold('Paid for twice', style)}   (${how})\n${lines.join('\n')}`
}

/** The packages in several versions or builds, in one line; '' if there are none. */
function duplicates({ duplicates: found }: Report, { style, unit }: ReportOptions): string {
  if (found.packages === 0) return ''
  const text = `${bold('Duplicates', style)}   (isoscope duplicates lists them)\n`
  return text + wrap(`  ${duplicatesText(found, unit)}`, style.width, '  ').join('\n')
}

/** What compressed content mentions. */
function hiddenReferences(report: Report, options: ReportOptions): string {
  const lines = referenceLines(report.hidden ?? [], report, options)
  if (lines === '') return ''
  return `${bold('Named in compressed content', options.style)}   (Nix does not look there)\n${lines}`
}

/** The references that no other build needs to have. */
function byChance(report: Report, options: ReportOptions): string {
  const lines = referenceLines(report.references?.byChance ?? [], report, options)
  if (lines === '') return ''
  return `${bold('References by chance', options.style)}   (the hash stands only in compressed bytes)\n${lines}`
}

/** How many owners that refer to others we list. */
const MAX_REFERRING = 10

/** A line for each owner that refers to others: "initrd → bash, glibc and 3 more". */
function referenceLines(
  references: readonly { readonly from: ByteString; readonly to: ByteString }[],
  report: Report,
  { style }: ReportOptions,
): string {
  const shortLabel = labelsIn(report)
  const byReferrer = new Map<ByteString, string[]>()
  for (const { from, to } of references) {
    const known = byReferrer.get(from)
    if (known === undefined) byReferrer.set(from, [shortLabel(to)])
    else known.push(shortLabel(to))
  }
  for (const names of byReferrer.values()) names.sort()
  const most = [...byReferrer].sort(([, a], [, b]) => b.length - a.length)
  const lines = most.slice(0, MAX_REFERRING).map(([from, names]) => {
    const start = `  ${shortenMiddle(shortLabel(from), Math.floor(style.width / 2))} → `
    return start + namesWithin(names, style.width - start.length)
  })
  if (most.length > MAX_REFERRING) lines.push(`  and ${most.length - MAX_REFERRING} more (--json has all)`)
  return lines.join('\n')
}

/** As many names as fit a width, at least one, and how many more there are. */
function namesWithin(names: readonly string[], width: number): string {
  for (let count = names.length; count > 1; count -= 1) {
    const more = count === names.length ? '' : ` and ${names.length - count} more`
    const text = `${names.slice(0, count).join(', ')}${more}`
    if (text.length <= width) return text
  }
  const more = names.length === 1 ? '' : ` and ${names.length - 1} more`
  return shortenMiddle(names[0]!, width - more.length) + more
}

function regionLabel(region: ByteString): string {
  return printable(region.startsWith('/') && region.length > 1 ? region.slice(1) : region)
}

/** A column in a table of owners. */
interface Measure {
  readonly heading: string
  /** Its position among the columns, from the left. */
  readonly place: number
  /** How soon we drop it if the table is too wide: the highest number goes first. */
  readonly dispensable: number
  readonly cell: (row: Row, unit: Unit, total: number) => string
}

const MEASURES: readonly Measure[] = [
  { heading: 'OWN', place: 0, dispensable: 0, cell: ({ own }, unit) => formatBytes(own, unit) },
  { heading: '%', place: 1, dispensable: 0, cell: ({ own }, _, total) => formatPercent(own, total) },
  {
    heading: 'UNPACKED',
    place: 4,
    dispensable: 0,
    cell: ({ isLeftover, unpacked }, unit) =>
      isLeftover === true && unpacked === 0 ? '–' : formatBytes(unpacked, unit),
  },
  {
    heading: 'FILES',
    place: 5,
    dispensable: 1,
    cell: ({ isLeftover, files }) => (isLeftover === true && files === 0 ? '–' : formatCount(files)),
  },
]

const HOLDING_MEASURES: readonly Measure[] = [
  { heading: 'RETAINED', place: 2, dispensable: 0, cell: ({ retained }, unit) => optionalBytes(retained, unit) },
  { heading: 'CLOSURE', place: 3, dispensable: 2, cell: ({ closure }, unit) => optionalBytes(closure, unit) },
]

function optionalBytes(bytes: number | undefined, unit: Unit): string {
  return bytes === undefined ? '' : formatBytes(bytes, unit)
}

/** The width that the two columns of names should have; we drop other columns to get it. */
const ROOM_FOR_NAMES = 44
/** The same for a region and what is inside: "boot/…/initrd-linux-6.12.63  zstd cpio, 61 store paths". */
const ROOM_FOR_INSIDE = 62

/** Lays out measures, and names after them. If the table is too wide, we first drop measures, then shorten names. */
function fitTable(
  measures: readonly { readonly heading: string; readonly dispensable: number; readonly cells: readonly string[] }[],
  names: readonly { readonly heading: string; readonly cells: readonly string[] }[],
  rows: readonly Row[],
  { style }: ReportOptions,
  roomForNames = ROOM_FOR_NAMES,
): string {
  const widthOf = ({ heading, cells }: { heading: string; cells: readonly string[] }): number =>
    cells.reduce((width, cell) => Math.max(width, cell.length), heading.length)
  const wanted = names.reduce((sum, name) => sum + widthOf(name) + 2, -2)
  let kept = [...measures]
  const roomLeft = (): number => style.width - kept.reduce((sum, measure) => sum + widthOf(measure) + 2, 0)
  for (const least of names.length > 1 ? [2, 1] : []) {
    if (roomLeft() < Math.min(wanted, roomForNames)) kept = kept.filter(({ dispensable }) => dispensable < least)
  }
  const [first, second] = names
  const room = Math.min(roomLeft(), wanted)
  // The column of referrers gets two fifths of the room, and what the names leave.
  const secondWidth =
    second === undefined
      ? 0
      : Math.min(
          widthOf(second),
          Math.max(Math.floor((room - 2) * 0.4), room - 2 - widthOf(first!), second.heading.length),
        )
  const firstWidth = room - (second === undefined ? 0 : secondWidth + 2)
  const columns: Column[] = [
    ...kept.map(({ heading }) => ({ heading, align: 'right' as const })),
    ...names.map(({ heading }) => ({ heading, align: 'left' as const })),
  ]
  const cells = rows.map((row, index) => {
    const cell = first!.cells[index]!
    const label = shortenMiddle(cell.length > firstWidth ? (row.shortLabel ?? cell) : cell, firstWidth)
    return [
      ...kept.map((measure) => measure.cells[index]!),
      row.isLeftover === true ? dim(label, style) : label,
      ...(second === undefined ? [] : [dim(shortenMiddle(second.cells[index]!, secondWidth), style)]),
    ]
  })
  return formatTable(columns, cells)
}

/** The cuts in the configuration that free most. */
function bestCuts(report: Report, { unit, style, fullPaths }: ReportOptions): string {
  const { references, directory } = report
  if (references === undefined || references.bestCuts.length === 0) return ''
  const shortLabel = labelsIn(report)
  const labelOf = fullPaths ? (key: ByteString) => printable(fullName(directory, key)) : shortLabel
  const freed = references.bestCuts.map(({ bytes }) => `≈ ${formatBytes(bytes, unit)}`)
  const room = style.width - Math.max(...freed.map((text) => text.length)) - 2
  const cells = references.bestCuts.map(({ from, to }, index) => [
    freed[index]!,
    arrowText(labelOf(from[0]!), labelOf(to), from.length - 1, room),
  ])
  const columns: Column[] = [
    { heading: '', align: 'right' },
    { heading: '', align: 'left' },
  ]
  const title = `${bold('Best cuts', style)}   (what the configuration chose; isoscope cuts shows all)`
  return `${title}\n${formatTable(columns, cells)}`
}
