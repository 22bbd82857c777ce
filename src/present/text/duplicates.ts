import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { DuplicateCopy, DuplicatePackage, DuplicatePath } from '../../analyses/duplicate-packages.ts'
import { type Duplicates, wastedByContent, wastedByCopies } from '../../analyses/duplicates.ts'
import type { Account } from '../../inventory/attribution.ts'
import { MIN_COMPARED, type SameContent, type StoredContent } from '../../inventory/same-contents.ts'
import type { ReferencesOrigin } from '../../owners/references.ts'
import type { NameCell } from '../../views/cell.ts'
import { paidTwiceLines } from '../../views/paid-twice.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { MORE_LINKS, roomForChain, withChain } from './chain.ts'
import { printable, shortenMiddle } from './printable.ts'
import { referencesFrom } from './references-from.ts'
import { rootReason } from './root-reason.ts'
import { sectionText } from './sections.ts'
import { bold, dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { fitting, wrap } from './wrap.ts'

export interface DuplicatesTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** How many packages, and lines of each other list, to show; 0 for all. */
  readonly top: number
  readonly nameOf: (key: ByteString) => NameCell
  /** Makes a short name of an owner. */
  readonly labelOf: (key: ByteString) => string
  readonly accounts: readonly Account[]
  /** Where the references come from; undefined without references. */
  readonly references: { readonly origin: ReferencesOrigin; readonly complete: boolean } | undefined
  /** What owners are called: "store paths". */
  readonly noun: string
  readonly hasOwners: boolean
}

/** The shortest length to which we shorten a name. */
const MIN_NAME = 12
/** The width that names should have; we drop a column to get it. */
const ROOM_FOR_NAMES = 44

/** What an image holds several times, as text that ends in a newline. */
export function duplicatesText(duplicates: Duplicates, options: DuplicatesTextOptions): string {
  const { style } = options
  const sections = [
    packagesSection(duplicates, options),
    paidTwiceSection(duplicates, options),
    identicalSection(duplicates, options),
    formsSection(duplicates, options),
    closingLines(duplicates, options)
      .flatMap((line) => wrap(line, style.width, '  '))
      .join('\n'),
  ]
  const text = `${sections.filter((section) => section !== '').join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

/** "in several versions or builds", for the kinds that there are. */
export function copiesText({ kind, copies }: Pick<DuplicatePackage, 'kind' | 'copies'>): string {
  const one = kind.slice(0, -1)
  return plural(copies.length, one, kind)
}

function packagesSection({ packages, saved, computedAll }: Duplicates, options: DuplicatesTextOptions): string {
  const { style, unit, top, hasOwners, noun } = options
  if (!hasOwners) return `there are no ${noun} in it`
  if (packages.length === 0) return 'No package is there twice.'
  const shown = top === 0 ? packages : packages.slice(0, top)
  const rows = shown.flatMap((some) => packageRows(some, options))
  const measures: readonly (readonly [heading: string, cell: (row: Row) => string])[] = [
    ['OWN', ({ own }) => own],
    ['RETAINED', ({ retained }) => retained],
    ['SAVES', ({ saves }) => saves],
  ]
  const roomBeside = (some: typeof measures): number =>
    some.reduce(
      (room, [heading, cell]) => room - 2 - Math.max(heading.length, ...rows.map((row) => cell(row).length)),
      style.width,
    )
  const shownMeasures =
    roomBeside(measures) < ROOM_FOR_NAMES ? measures.filter(([name]) => name !== 'RETAINED') : measures
  const room = roomBeside(shownMeasures)
  const table = formatTable(
    [
      ...shownMeasures.map(([heading]) => ({ heading, align: 'right' as const })),
      { heading: 'PACKAGE ← WHO PULLS IT IN', align: 'left' as const },
    ],
    rows.map((row) => [...shownMeasures.map(([, cell]) => cell(row)), row.label(room)]),
  )
  const strict = packages.filter(({ kind }) => kind !== 'variants').length
  const less = saved === undefined || strict === 0 ? '' : `   (one each saves ≈ ${formatBytes(saved, unit)})`
  const notes = [
    ...(saved === undefined ? [] : ['≈ what goes if all references to the others lead to it']),
    ...(packages.length > shown.length ? [`and ${packages.length - shown.length} more; -n 0 shows all`] : []),
    ...(rows.some(({ isNeeded }) => isNeeded) ? ['* needs another copy itself, as it is built now'] : []),
    ...(computedAll ? [] : ['there are too many to compute what each saves']),
  ]
  const foot = notes.flatMap((note) => wrap(note, style.width, '  ')).map((line) => `\n${dim(line, style)}`)
  return `${bold('Packages in several copies', style)}${less}\n${table}${foot.join('')}`
}

/** A row of the table of packages: a package, or a path of it. */
interface Row {
  readonly own: string
  readonly retained: string
  readonly saves: string
  label(width: number): string
  readonly isNeeded: boolean
}

function packageRows(some: DuplicatePackage, options: DuplicatesTextOptions): readonly Row[] {
  const { style, unit } = options
  const head: Row = {
    own: formatBytes(some.own, unit),
    retained: '',
    saves: '',
    label: (width) => bold(shortenMiddle(`${printable(some.name)}: ${copiesText(some)}`, width), style),
    isNeeded: false,
  }
  const paths = some.copies.flatMap((copy) => copy.paths.map((path, index) => ({ copy, path, isFirst: index === 0 })))
  return [
    head,
    ...paths.map(({ copy, path, isFirst }, index): Row => {
      const isNeeded = isFirst && copy.ifKept?.needsOthers === true
      return {
        own: formatBytes(path.own, unit),
        retained: path.retained === undefined ? '' : formatBytes(path.retained, unit),
        saves: isFirst ? savesText(copy, unit) : '',
        label: (width) => {
          const branch = index === paths.length - 1 ? '└─ ' : '├─ '
          return branch + pathText(path, isNeeded ? ' *' : '', width - branch.length, options)
        },
        isNeeded,
      }
    }),
  ]
}

function savesText({ ifKept }: DuplicateCopy, unit: Unit): string {
  return ifKept === undefined ? '–' : `≈ ${formatBytes(ifKept.bytes, unit)}`
}

/** A path, and who pulls it in, from its referrer to the root. */
function pathText(
  { key, chain, referrers, root }: DuplicatePath,
  mark: string,
  width: number,
  { labelOf }: DuplicatesTextOptions,
): string {
  const links = chain.slice(1).map(labelOf)
  const more = referrers.length > 1 ? ` (+${formatCount(referrers.length - 1)})` : ''
  const [first, ...rest] = links
  const shown = first === undefined ? [] : [`${first}${more}`, ...rest]
  if (root !== undefined) {
    const name = labelOf(key) + mark
    return fitting([`${name} (${rootReason(root)})`, `${name} (root)`, name], width)
  }
  // Where there is little room, the name matters more than the chain.
  const reserved = width < ROOM_FOR_NAMES ? MORE_LINKS.length : roomForChain(shown)
  const name = shortenMiddle(labelOf(key), Math.max(width - mark.length - reserved, MIN_NAME)) + mark
  return withChain(name, shown, width)
}

function paidTwiceSection({ paidTwice = [] }: Duplicates, options: DuplicatesTextOptions): string {
  if (paidTwice.length === 0) return ''
  const { accounts, nameOf, top, style, unit } = options
  const lines = paidTwiceLines(paidTwice, { accounts, nameOf, top, allBy: '-n 0' })
  const body = { kind: 'lines', lines } as const
  const note = ['(in several images, by content)']
  return sectionText({ title: ['Paid for twice'], note, body }, { style, unit, fullPaths: false })
}

function identicalSection({ identical = [] }: Duplicates, options: DuplicatesTextOptions): string {
  return contentsSection('Identical files', 'stored several times, by content', identical, options)
}

function formsSection({ forms = [] }: Duplicates, options: DuplicatesTextOptions): string {
  return contentsSection('Plain and compressed', 'one content, by what it unpacks to', forms, options)
}

/** A list of contents: what second places take, how many there are, and the files. */
function contentsSection(
  title: string,
  how: string,
  contents: readonly SameContent[],
  options: DuplicatesTextOptions,
): string {
  const { style, unit, top } = options
  if (contents.length === 0) return ''
  const shown = top === 0 ? contents : contents.slice(0, top)
  const lines = shown.flatMap((content) => {
    const wasted = `  ${formatBytes(wastedByContent(content), unit)} again:  `
    const places = content.places.slice(0, MAX_PLACES).map((place) => placeText(place, options))
    const more = content.places.length - places.length
    if (more > 0) places.push(`and ${plural(more, 'more place')} (--json has all)`)
    return places.map(
      (text, index) =>
        (index === 0 ? wasted : ' '.repeat(wasted.length)) + shortenMiddle(text, style.width - wasted.length),
    )
  })
  if (contents.length > shown.length) lines.push(`  and ${contents.length - shown.length} more; -n 0 shows all`)
  return `${bold(title, style)}   (${how})\n${lines.join('\n')}`
}

/** How many places of one content we list. */
const MAX_PLACES = 3

/** "1.0 MiB  EFI/boot/bootx64.efi", with the other files that share the place. */
function placeText(
  { path, owner, files, own, compression }: StoredContent,
  { unit, labelOf }: DuplicatesTextOptions,
): string {
  const at = owner === undefined ? -1 : path.indexOf(owner)
  const name = at < 0 ? printable(path.slice(1)) : labelOf(owner!) + printable(path.slice(at + owner!.length))
  const others = files === 1 ? '' : ` (and ${plural(files - 1, 'file')} stored with it)`
  const packed = compression === undefined ? '' : ` (${compression})`
  return `${formatBytes(own, unit)}  ${name}${packed}${others}`
}

function closingLines(duplicates: Duplicates, { unit, references }: DuplicatesTextOptions): readonly string[] {
  const { compared, paidTwice } = duplicates
  const wasted = wastedByCopies(duplicates)
  const lines: string[] = wasted === 0 ? [] : [`${formatBytes(wasted, unit)} in second copies of files`]
  for (const { image, files, bytes } of compared?.storedOnce ?? []) {
    const where = image === '/' ? 'the image' : printable(image.slice(1))
    const [whose, costs] = files === 1 ? ['file has', 'costs'] : ['files have', 'cost']
    lines.push(
      `stored once in ${where}: ${formatCount(files)} ${whose} the content of another, ${formatBytes(bytes, unit)} unpacked, and ${costs} nothing more`,
    )
  }
  if (compared === undefined) {
    lines.push(
      paidTwice === undefined
        ? 'a saved report without contents: only packages were compared'
        : 'a saved report has no contents: equal files in one image were not looked for',
    )
  } else {
    const { read, complete, isDeep } = compared
    const what = `read to compare: ${plural(read.files, 'file')}, ${formatBytes(read.bytes, unit)} of content`
    const rest = complete ? '' : '; not all that may be equal'
    const deep = isDeep ? '' : ' (--deep reads all, and unpacks compressed files)'
    lines.push(`${what}; none below ${formatBytes(MIN_COMPARED, unit)}${rest}${deep}`)
  }
  if (references !== undefined) lines.push(referencesFrom(references.origin, references.complete))
  return lines
}
