import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { hex } from '../../parsers/bytes/errors.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { traitsOf } from '../../parsers/formats.ts'
import { insideParts } from '../analyses/inside-parts.ts'
import type { InsideRow } from '../analyses/inside-rows.ts'
import type { Report, ReportReferences } from '../analyses/report.ts'
import { directoryGroups, type ReportGroups } from '../analyses/report-groups.ts'
import { accountRow, ownerRows, type ReportRow } from '../analyses/report-rows.ts'
import { unownedPaths } from '../analyses/sized-paths.ts'
import { wastedBytes } from '../inventory/paid-twice.ts'
import { applicationPhrases } from './application-words.ts'
import { about, brief, bytes, count, exactly, type Line, MISSING, name, plural, text, type Words } from './cell.ts'
import { type Column, sorted } from './column.ts'
import type { Shown } from './duplicate-packages.ts'
import { duplicatesWords } from './duplicates-words.ts'
import { fileName, imageName } from './file-names.ts'
import { insideWords } from './inside-words.ts'
import { placesOfLeftovers } from './leftovers.ts'
import { GROUPED, type Nouns, nounsFor, STORE_PATHS } from './nouns.ts'
import { type OwnerNames, ownerNames } from './owner-names.ts'
import { type OwnersContext, type OwnersRow, ownerColumns, type SumRow, sumRow, withoutReferences } from './owners.ts'
import { paidTwiceLines } from './paid-twice.ts'
import { referencesFrom, rootReason } from './references.ts'
import { regionsSection } from './regions.ts'
import { remainderRows } from './remainders.ts'
import { contentsSection, storedOnceSection } from './same-contents.ts'
import { type Section, tableOf } from './section.ts'

/** What of a report to show people. */
export interface ReportChoices {
  /** Rows in the list of store paths; 0 for all. */
  readonly top: number
  /** One of `OWNER_SORT_KEYS`. */
  readonly sort: string
  /** We sum up store paths that are smaller. */
  readonly min: number
  /** Whether to show where each gap and overlap lies. */
  readonly verbose?: boolean | undefined
  /** What the rows are; owners by default, or directories if there are none. */
  readonly by?: ReportGroups | undefined
  /** Regions to show before we sum up the rest; 0 for no regions. */
  readonly regions?: number
  /** Whether what is left over is one row. */
  readonly isBrief?: boolean
}

/** The report for people. */
export function reportSections(report: Report, choices: ReportChoices): readonly Section[] {
  return [...reportTables(report, choices), ...reportDetails(report, choices)]
}

/** The first part of a report, whose rows add up to the image. */
export function reportTables(report: Report, choices: ReportChoices): readonly Section[] {
  const context = contextOf(report)
  const { regions } = choices
  const isShown = hasRegions(report.image) && regions !== 0
  return [
    header(report, context),
    ...(isShown ? [regionsSection(report, regions)] : []),
    ...ownersSections(report, context, choices),
  ]
}

/** What a report says besides. */
export function reportDetails(
  report: Report,
  choices: Pick<ReportChoices, 'verbose'> & { readonly top?: number },
): readonly Section[] {
  const context = contextOf(report)
  const initrds = report.inside.filter(({ format }) => format === 'initrd')
  return [
    ...initrds.map((row) => insideSection(row, report)),
    ...bestCuts(report, context),
    ...paidTwice(report, context, choices.top),
    ...duplicates(report),
    ...identicalFiles(report, context),
    ...layers(report),
    ...hiddenReferences(report, context),
    ...referencesByChance(report, context),
    ...(choices.verbose === true ? leftovers(report) : []),
  ]
}

/** The columns of the rows of a report, for programs. */
export function reportColumns(report: Report): readonly Column<OwnersRow>[] {
  const image: Column<OwnersRow> = { id: 'image', heading: 'image', value: () => text(report.image.name) }
  const [kind, ...others] = ownerColumns(contextOf(report))
  const its: Column<OwnersRow> = {
    id: 'name',
    heading: 'name',
    holds: 'name',
    only: 'programs',
    value: (row) => (row.kind === 'sum' ? MISSING : name(row.name)),
  }
  return [image, kind!, its, ...others]
}

interface ReportContext extends OwnersContext {
  readonly ownerName: OwnerNames
  readonly nouns: Nouns
}

function contextOf({ image, noun, owners, references, directory, contentNames }: Report): ReportContext {
  const keys = [...new Set([...owners.map(({ key }) => key), ...(references?.roots ?? []).map(({ owner }) => owner)])]
  const ownerName = ownerNames(keys, directory, contentNames)
  return {
    size: image.size,
    noun: owners.length > 0 ? noun[0] : 'file',
    nouns: nounsFor(noun),
    ownerName,
    nameOf: ({ key, name: its, otherNames }) => (key === undefined ? fileName(its, otherNames) : ownerName(key)),
  }
}

/** Whether the top-level parts of an image get a table of their own: those of a disc do. */
function hasRegions({ format }: Report['image']): boolean {
  return traitsOf(format).looksInside === 'files'
}

function header({ image, noun, references, inside }: Report, context: ReportContext): Section {
  const start = startsAt(image)
  const isNamed = image.volumeId !== null || start !== undefined || image.squashfs.some(({ path }) => path === '/')
  const facts: readonly Words[] = [
    ...(isNamed ? [] : [[traitsOf(image.format).title]]),
    ...(image.label === null ? [] : [['NixOS ', text(image.label)]]),
    ...(image.volumeId === null ? [] : [['volume ', name(image.volumeId)]]),
    ...(image.owners === 0 ? [] : [plural(image.owners, ...noun)]),
    ...kernelReleases(inside).map((release) => ['Linux ', name(release)]),
  ]
  const application = applicationPhrases(image.application)
  const lines: Line[] = [application, facts].filter(({ length }) => length > 0).map((phrases) => ({ phrases }))
  if (image.compression !== undefined && image.unpackedSize !== undefined) {
    const how: Words = ['compressed with ', text(image.compression), '; unpacks to ', bytes(image.unpackedSize)]
    lines.push({ phrases: [how] })
  }
  if (hasRegions(image) && start !== undefined) lines.push({ phrases: [start] })
  for (const { path, otherNames, compressor, compressorOptions, blockSize } of image.squashfs) {
    const options: Words = compressorOptions === null ? [] : [' (', text(compressorOptions), ')']
    const ofFile: Words = [
      fileName(
        path.slice(1),
        otherNames?.map((other) => other.slice(1)),
      ),
      ': squashfs',
    ]
    const where = path !== '/' ? ofFile : start === undefined ? ['squashfs'] : [...start, ':']
    const blocks = `, ${blockSizeText(blockSize)} blocks`
    lines.push({ phrases: [[...where, ' ', text(compressor), ...options, blocks]] })
  }
  if (references !== undefined) lines.push(...rootLines(references, context))
  return { title: [text(image.name)], note: [exactly(image.size)], body: { kind: 'lines', lines } }
}

/** "1 MiB": blocks are powers of two. */
function blockSizeText(size: number): string {
  return size >= 2 ** 20 ? `${size / 2 ** 20} MiB` : `${size / 2 ** 10} KiB`
}

/** The releases of the kernels inside, each once. */
function kernelReleases(inside: Report['inside']): readonly string[] {
  const releases = inside.flatMap(({ format, facts }) =>
    format === 'kernel' && facts['release'] !== undefined ? [String(facts['release'])] : [],
  )
  return [...new Set(releases)]
}

/** "AppImage, squashfs at offset 0x2e000" for an image that does not begin at the start of its file. */
function startsAt({ format, offset, container }: Report['image']): Words | undefined {
  if (offset === undefined) return undefined
  const what: Words = container === undefined ? [] : [text(container), ', ']
  return [...what, `${traitsOf(format).title} at offset ${hex(offset)}`]
}

/** How many roots we name. An image without a system may have as many roots as store paths. */
const MAX_ROOTS = 10

/** The roots of the image, and how we know the references. */
function rootLines({ roots, origin, complete }: ReportReferences, { ownerName, nouns }: ReportContext): Line[] {
  if (roots.length === 0) return []
  const heading = roots.length === 1 ? 'root: ' : 'roots: '
  const named = roots
    .slice(0, MAX_ROOTS)
    .map((root): Words => [brief(ownerName(root.owner)), ' (', ...rootReason(root), ')'])
  const more = roots.length - MAX_ROOTS
  if (more > 0) named.push(['and ', count(more), ' more (--json has all)'])
  const lines = named.map((what, index): Words => [index === 0 ? heading : ' '.repeat(heading.length), ...what])
  const from = { phrases: [referencesFrom(origin, complete, nouns)], isProse: true } as const
  return [...lines.map((phrase) => ({ phrases: [phrase] })), from]
}

/** Rows behind those that are shown, where they can be folded. More do not fit into a comment. */
const MAX_FOLDED = 500

/** The directories of an image without owners. A report that has to fit a terminal is drawn several times. */
const directoriesOf = oncePer(({ accounts }: Report) => directoryGroups(unownedPaths(accounts)))

/** The owners of the image: the largest store paths, or directories if there are none, and all leftovers. */
function ownersSections(report: Report, context: ReportContext, choices: ReportChoices): Section[] {
  const { top, sort, min, isBrief = false } = choices
  const { accounts, owners, noun, references } = report
  const groups = choices.by ?? (owners.length > 0 ? undefined : directoriesOf(report))
  const hasOwners = groups === undefined || groups.by === 'package'
  const [one, several] = groups === undefined ? noun : GROUPED[groups.by]
  const listed: readonly ReportRow[] = groups?.rows(top) ?? [...ownerRows(report)]
  const all = ownerColumns({ ...context, noun: one })
  const columns = references === undefined || !hasOwners ? withoutReferences(all) : all
  const large = sorted(listed, all, sort).filter(({ own }) => own >= min)
  const shown = top === 0 || groups?.by === 'directory' ? large : large.slice(0, top)
  const rows: OwnersRow[] = [...shown]
  const hidden = listed.length - shown.length
  if (hidden > 0) {
    const label: Words = ['[', ...plural(hidden, `more ${one}`, `more ${several}`), ']']
    const whole = sumRow(label, listed)
    const seen = sumRow(label, shown)
    rows.push({
      ...whole,
      own: whole.own - seen.own,
      unpacked: whole.unpacked - seen.unpacked,
      files: whole.files - seen.files,
    })
  }
  if (hasOwners) rows.push(...unownedRows(report))
  const remainders = groups?.by === 'region' ? [] : remainderRows(report)
  if (isBrief && remainders.length > 1) rows.push(sumRow(['[tables and padding]'], remainders))
  else rows.push(...remainders)
  rows.push(sumRow(['total'], accounts))
  const isCutByTop = top !== 0 && top < listed.length
  const more = [...(isCutByTop ? ['-n 0'] : []), ...(large.length < listed.length ? ['--min 0'] : [])]
  const main: Section = {
    title: [titleOf(several, sort)],
    ...(isBrief ? {} : { note: ['(own: bytes in the image; adds up to the file)'] }),
    body: tableOf(columns, rows, ({ kind }) => kind === 'sum'),
    ...(isBrief ? {} : hintsOf(hidden > 0 ? more : [], shown)),
  }
  const next = large.slice(shown.length, shown.length + MAX_FOLDED)
  if (next.length === 0) return [main]
  const title: Words = ['The next ', ...plural(next.length, one, several)]
  return [main, { title, body: tableOf(columns, next), folded: 'only' }]
}

/** Files without an owner: in an image with packages by what they are, else in one row. */
function unownedRows({ accounts, unowned }: Report): readonly SumRow[] {
  if (unowned.length > 0)
    return unowned.map(({ name: its, ...sizes }) => ({ kind: 'sum', label: [`[${its}]`], ...sizes }))
  const others = accounts.filter((file) => file.kind === 'file' && (file.own > 0 || file.files > 0))
  return others.length === 0 ? [] : [sumRow(['[other files]'], others)]
}

/** How to see what has no row. */
function hintsOf(options: readonly string[], rows: readonly ReportRow[]): Pick<Section, 'hints'> {
  if (options.length > 0) return { hints: [[`${options.join(' ')} shows all`]] }
  return rows.some(({ kind }) => kind === 'directory')
    ? { hints: [['--by file shows single files'], ['isoscope duplicates shows files with the same content']] }
    : {}
}

function titleOf(what: string, sort: string): string {
  if (sort === 'name') return `${what[0]!.toUpperCase()}${what.slice(1)} by name`
  return sort === 'own' ? `Largest ${what}` : `Largest ${what} by ${sort}`
}

/** Rows of the largest parts of an initrd. */
const INSIDE_ROWS = 5

/** What an initrd is made of. */
function insideSection(row: InsideRow, { noun, accounts }: Report): Section {
  const rows = insideParts(row, INSIDE_ROWS).map(({ name: its, kind, ...sizes }): OwnersRow => {
    const label = its.endsWith(' more') ? `${its} ${noun[1]}` : its
    if (kind === 'files' || kind === 'structures') return { ...sizes, kind: 'sum', label: [`[${label}]`] }
    return { ...accountRow({ kind: 'file', name: its, region: row.path, ...sizes }) }
  })
  const unpacked = rows.reduce((sum, part) => sum + part.unpacked, 0)
  const noun1 = row.owners > 0 ? noun[0] : 'path'
  const columns = ownerColumns({ size: row.own, noun: noun1, nameOf: ({ name: its }) => name(its) })
  return {
    title: ['Inside ', imageName(row.path, accounts)],
    note: ['(', ...insideWords(row, noun), '; ', bytes(row.own), ' for ', bytes(unpacked), ')'],
    body: tableOf(withoutReferences(columns), rows, ({ kind }) => kind === 'sum'),
    folded: 'too',
  }
}

/** The cuts in the configuration that free most. */
function bestCuts({ references, noun }: Report, { ownerName }: ReportContext): Section[] {
  if (references === undefined || references.bestCuts.length === 0) return []
  const columns: readonly Column<ReportReferences['bestCuts'][number]>[] = [
    { id: 'frees', heading: '', value: ({ bytes: freed }) => about(freed) },
    {
      id: 'reference',
      heading: '',
      isName: true,
      value: ({ from, to }) => {
        return { kind: 'reference', from: ownerName(from[0]!), to: ownerName(to), more: from.length - 1 }
      },
    },
  ]
  return [
    {
      title: ['Best cuts'],
      note: [
        `(what ${nounsFor(noun) === STORE_PATHS ? 'the configuration chose' : 'was chosen'}; isoscope cuts shows all)`,
      ],
      body: tableOf(columns, references.bestCuts),
    },
  ]
}

/** How many things that are there twice we list. */
const MAX_TWICE = 10

/** Content in several images, such as a kernel that is outside the squashfs and inside it. */
function paidTwice(
  { paidTwice: copies, comparedAll, accounts }: Report,
  { ownerName }: ReportContext,
  top: number | undefined,
): Section[] {
  if (copies.length === 0) return []
  const wasted = copies.reduce((sum, copy) => sum + wastedBytes(copy), 0)
  const lines = paidTwiceLines(copies, {
    accounts,
    nameOf: (key) => brief(ownerName(key)),
    top: top === 0 ? 0 : MAX_TWICE,
    allBy: '-n 0',
  })
  return [
    {
      title: ['Paid for twice'],
      note: [comparedAll ? '(by content)' : '(by content; the smaller files were not compared)'],
      body: { kind: 'lines', lines: [...lines, { phrases: [[bytes(wasted), ' in second copies']] }] },
      folded: 'too',
    },
  ]
}

/** The packages in several versions or builds, in one line. */
function duplicates({ duplicates: found }: Report): Section[] {
  if (found.packages === 0) return []
  return [
    {
      title: ['Duplicates'],
      note: ['(isoscope duplicates lists them)'],
      body: { kind: 'lines', lines: [{ phrases: duplicatesWords(found), between: ';', indent: 1 }] },
    },
  ]
}

/** How many contents of each kind we list. */
const MAX_CONTENTS = 5

/** Files with the same content, in an image without owners. */
function identicalFiles({ equal }: Report, { ownerName }: ReportContext): readonly Section[] {
  if (equal === undefined) return []
  const shownOf = <T>(list: readonly T[]): Shown<T> => {
    const more = list.length - MAX_CONTENTS
    const hints: readonly Words[] = more > 0 ? [['and ', count(more), ' more; isoscope duplicates -n 0 shows all']] : []
    return { rows: list.slice(0, MAX_CONTENTS), hints }
  }
  return [
    ...contentsSection('Identical files', '(stored several times, by content)', shownOf(equal.identical), ownerName),
    ...storedOnceSection(shownOf(equal.storedOnce.flatMap(({ contents: shared }) => shared))),
  ]
}

/** What the layers of a live system cost beyond the system itself, in one sentence. */
function layers({ hiddenByLayers: hidden }: Report): Section[] {
  if (hidden === undefined) return []
  const { shadowed, whiteout } = hidden
  const parts: readonly Words[] = [
    ...(shadowed.own === 0 && shadowed.count === 0
      ? []
      : [['upper layers hide ', ...plural(shadowed.count, 'file'), ' of lower ones, ', bytes(shadowed.own)]]),
    ...(whiteout.count === 0
      ? []
      : [[...plural(whiteout.count, 'whiteout takes', 'whiteouts take'), ' ', bytes(whiteout.own)]]),
  ]
  return [{ title: ['Layers'], body: { kind: 'lines', lines: [{ phrases: parts, between: ';', indent: 1 }] } }]
}

/** What compressed content mentions. */
function hiddenReferences({ hidden = [] }: Report, context: ReportContext): Section[] {
  if (hidden.length === 0) return []
  return [
    {
      title: ['Named in compressed content'],
      note: ['(Nix does not look there)'],
      body: { kind: 'lines', lines: referenceLines(hidden, context) },
      folded: 'too',
    },
  ]
}

/** The references that no other build needs to have. */
function referencesByChance({ references }: Report, context: ReportContext): Section[] {
  const { byChance = [] } = references ?? {}
  if (byChance.length === 0) return []
  return [
    {
      title: ['References by chance'],
      note: ['(the hash stands only in compressed bytes)'],
      body: { kind: 'lines', lines: referenceLines(byChance, context) },
      folded: 'too',
    },
  ]
}

/** How many owners that refer to others we list. */
const MAX_REFERRING = 10

/** A line for each owner that refers to others: "initrd → bash, glibc and 3 more". */
function referenceLines(
  references: readonly { readonly from: ByteString; readonly to: ByteString }[],
  { ownerName }: ReportContext,
): Line[] {
  const byReferrer = new Map<ByteString, ByteString[]>()
  for (const { from, to } of references) {
    const known = byReferrer.get(from)
    if (known === undefined) byReferrer.set(from, [to])
    else known.push(to)
  }
  const most = [...byReferrer].sort(([, a], [, b]) => b.length - a.length)
  const lines = most.slice(0, MAX_REFERRING).map(([from, tos]): Words => {
    const names = tos.map((to) => brief(ownerName(to))).sort((a, b) => (a.short < b.short ? -1 : 1))
    return [brief(ownerName(from)), ' → ', { kind: 'names', names }]
  })
  if (most.length > MAX_REFERRING) lines.push(['and ', count(most.length - MAX_REFERRING), ' more (--json has all)'])
  return lines.map((phrase) => ({ phrases: [phrase], indent: 1 }))
}

/** Where gaps, overlaps and parts beside the tree lie. */
function leftovers({ accounts }: Report): Section[] {
  const lines = placesOfLeftovers(accounts)
  return lines.length === 0 ? [] : [{ title: ['Places in the file'], body: { kind: 'lines', lines }, folded: 'too' }]
}
