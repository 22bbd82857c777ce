import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { EntryType } from '../../../parsers/image.ts'
import type { ListedEntry } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { formatBytes, type Unit } from '../units.ts'
import { printable, shortenMiddle } from './printable.ts'
import { dim, inAscii, type TextStyle } from './style.ts'
import { wrapPhrases } from './wrap.ts'

const TYPE_LETTERS: Readonly<Record<EntryType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  blockDevice: 'b',
  charDevice: 'c',
  fifo: 'p',
  socket: 's',
}

export interface LongOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** The path of the listed directory: on a terminal, names begin after it. */
  readonly folder: ByteString
  /** The places to show below an entry. */
  readonly placesOf: (listed: ListedEntry) => readonly PlacedExtent[] | undefined
}

/** How many lines decide the widths of the columns. A longer cell in a later line moves the rest of that line. */
const MEASURED = 1000

/** How many characters of a name we show at least. */
const MIN_NAME = 12

const HEADINGS = ['MODE', 'OWNER', 'SIZE', 'STORED', 'TIME (UTC)'] as const

/** The columns that a narrow terminal goes without, by their indexes, in this order. */
const DISPENSABLE = [4, 1] as const

/**
 * A long listing, line by line, under a heading: mode, owner, size, stored, time in UTC, and path with target or other
 * names. A directory has the sizes of everything below it. To fit a terminal, the first line has the path of the
 * directory, and the others only what follows it.
 */
export function* longLines(entries: Iterable<ListedEntry>, options: LongOptions): Generator<string> {
  const { style, folder, placesOf } = options
  const first: LongEntry[] = []
  let widths: readonly number[] | undefined
  function* begin(): Generator<string> {
    widths = widthsOf(
      first.map(({ cells }) => cells),
      style.width,
    )
    if (folder !== '' && style.width < Number.POSITIVE_INFINITY) {
      yield `${dim(asStyled(shortenMiddle(`${printable(folder)}/`, style.width), style), style)}\n`
    }
    yield `${dim(`${joinCells(HEADINGS, widths)} NAME`, style)}\n`
    for (const each of first) yield lineOf(each, widths)
  }
  function lineOf({ listed, cells, target }: LongEntry, widths: readonly number[]): string {
    const front = asStyled(`${joinCells(cells, widths)} `, style)
    return `${front}${labelOf(listed, target, front.length, options)}${extentLines(placesOf(listed) ?? [], style)}\n`
  }
  for (const listed of entries) {
    const long = longEntry(listed, options.unit)
    if (widths !== undefined) yield lineOf(long, widths)
    else if (first.push(long) === MEASURED) yield* begin()
  }
  if (widths === undefined && first.length > 0) yield* begin()
}

/** The widths of the columns; 0 for those without which the names get enough room. */
function widthsOf(lines: readonly (readonly string[])[], width: number): readonly number[] {
  const widths = HEADINGS.map((heading, at) =>
    lines.reduce((most, cells) => Math.max(most, cells[at]!.length), heading.length),
  )
  const room = (): number => width - widths.reduce((sum, each) => sum + (each === 0 ? 0 : each + 1), 0)
  for (const column of DISPENSABLE) if (room() < MIN_NAME) widths[column] = 0
  return widths
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  const padded: string[] = []
  for (const [at, cell] of cells.entries()) {
    const width = widths[at]!
    // Sizes are aligned to the right.
    if (width > 0) padded.push(at === 2 || at === 3 ? cell.padStart(width) : cell.padEnd(width))
  }
  return padded.join(' ')
}

/** An entry with its cells. It is made once, because each request for the entry makes a new object. */
interface LongEntry {
  readonly listed: ListedEntry
  readonly cells: readonly string[]
  readonly target: ByteString | undefined
}

function longEntry(listed: ListedEntry, unit: Unit): LongEntry {
  const { type, mode, uid, gid, size, mtime, device, target } = listed.entry
  const below = listed.below()
  const sizeText = device === undefined ? formatBytes(below?.size ?? size, unit) : `${device.major},${device.minor}`
  const stored = type === 'file' ? listed.stored() : below?.stored
  const time = new Date(mtime * 1000).toISOString()
  const when = `${time.slice(0, time.indexOf('T'))} ${time.slice(time.indexOf('T') + 1, -8)}`
  const storedText = stored === undefined ? '–' : formatBytes(stored, unit)
  const cells = [TYPE_LETTERS[type] + permissions(mode), `${uid}/${gid}`, sizeText, storedText, when]
  return { listed, cells, target }
}

/** Names with the target of a link, cut to the room behind the columns. The name goes before the target. */
function labelOf(
  listed: ListedEntry,
  target: ByteString | undefined,
  used: number,
  { style, folder }: LongOptions,
): string {
  const names = namesOf(listed, folder, style)
  const arrow = target === undefined ? '' : ` -> ${printable(target)}`
  const room = Math.max(style.width - used, MIN_NAME)
  if (names.length + arrow.length <= room) return names + arrow
  const left = room - names.length
  const cut = left >= MIN_NAME ? names + shortenMiddle(arrow, left) : shortenMiddle(names + arrow, room)
  return asStyled(cut, style)
}

/** A path as a listing of a directory shows it: on a terminal, what follows the path of the directory. */
export function nameBelow(path: ByteString, folder: ByteString, { width }: TextStyle): string {
  return printable(
    width < Number.POSITIVE_INFINITY && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path,
  )
}

function asStyled(text: string, { unicode }: TextStyle): string {
  return unicode ? text : inAscii(text)
}

/** "/live/initrd.img = /live/initrd.img-6.1.0-50": each name of a hard-linked file shows the other one. */
function namesOf(listed: ListedEntry, folder: ByteString, style: TextStyle): string {
  const links = listed.links()
  const name = nameBelow(listed.path, folder, style)
  if (links === undefined) return name
  // A file may have thousands of names, and each name has a line.
  if (links.length > 2) return `${name} +${links.length - 1} names`
  return `${name} = ${printable(listed.pathOfLink(links.find((link) => link !== listed.index)!))}`
}

/**
 * Lines below an entry, one for each place of its content: bytes of the image file, and in an ISO the sector. If the
 * content is compressed, the line states its unpacked size. A fragment also has parts of other files, before and after
 * this one.
 */
function extentLines(extents: readonly PlacedExtent[], { width }: TextStyle): string {
  const room = width - EXTENT_INDENT.length
  return extents
    .flatMap((extent) => {
      const facts = extentFacts(extent)
      const line = facts.join('  ')
      return line.length <= room ? [line] : wrapPhrases(facts, room, '  ')
    })
    .map((line) => `\n${EXTENT_INDENT}${line}`)
    .join('')
}

const EXTENT_INDENT = ' '.repeat(4)

function extentFacts({ offset, length, sector, codec, unpacked, skip }: PlacedExtent): string[] {
  return [
    `offset ${offset}`,
    `length ${length}`,
    ...(sector === undefined ? [] : [`sector ${sector}`]),
    ...(codec === 'stored' ? [] : [codec]),
    ...(codec === 'stored' || skip !== undefined ? [] : [`unpacked ${unpacked}`]),
    ...(skip === undefined ? [] : [`fragment, in it skip ${skip} length ${unpacked}`]),
  ]
}

/** "rwxr-xr-x", with s and t for set-user-id, set-group-id and sticky. */
function permissions(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (0o400 >> index)) !== 0 ? letter : '-'))
  const special = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  special(0o4000, 2, 's')
  special(0o2000, 5, 's')
  special(0o1000, 8, 't')
  return letters.join('')
}
