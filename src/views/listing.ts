import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Entry } from '../../parsers/image.ts'
import type { ListedEntry } from '../analyses/listing.ts'
import type { PlacedExtent } from '../analyses/placed-extents.ts'
import type { FolderSum } from '../ledger/folder-sums.ts'
import { bytes, type Cell, count, INAPPLICABLE, type Line, MISSING, name, optionalCount, text, words } from './cell.ts'
import type { Column } from './column.ts'
import { listedName, modeText, timeText } from './listed-entry.ts'
import type { TableRow } from './section.ts'
import type { View } from './view.ts'

export interface ListingContext {
  /** The path of the listed directory; '' for none that is worth a line. */
  readonly folder: ByteString
  /** Whether people get more than names. */
  readonly isLong: boolean
  /** The places to show below an entry; absent if none are. */
  readonly placesOf?: (listed: ListedEntry) => readonly PlacedExtent[] | undefined
}

/** An entry with what is made anew whenever one asks for it. */
interface Row {
  readonly listed: ListedEntry
  readonly entry: Entry
  /** For a directory: everything below it. */
  readonly below: FolderSum | undefined
}

/** The entries of a listing, as they come. */
export function listingView(entries: () => Iterable<ListedEntry>, context: ListingContext): View<ListedEntry> {
  const { folder, isLong } = context
  const columns = columnsOf(context)
  return {
    sections: () => [
      {
        body: {
          kind: 'listing',
          columns,
          rows: rowsOf(entries(), columns),
          ...(isLong ? {} : { names: namesOf(entries()) }),
          ...(folder === '' ? {} : { folder: name(folder) }),
        },
      },
    ],
    rows: () => ({ columns: ROW_COLUMNS, rows: entries() }),
  }
}

function* namesOf(entries: Iterable<ListedEntry>): Generator<Cell> {
  for (const { path } of entries) yield name(path)
}

function* rowsOf(entries: Iterable<ListedEntry>, columns: readonly Column<Row>[]): Generator<TableRow> {
  for (const listed of entries) {
    const row = { listed, entry: listed.entry, below: listed.below() }
    yield { cells: columns.map(({ value }) => value(row)) }
  }
}

/** What people see of an entry. A directory has the sizes of everything below it. */
function columnsOf({ folder, placesOf }: ListingContext): readonly Column<Row>[] {
  return [
    { id: 'mode', heading: 'mode', isText: true, value: ({ entry }) => words(modeText(entry)) },
    {
      id: 'owner',
      heading: 'owner',
      isText: true,
      dispensable: 1,
      value: ({ entry: { uid, gid } }) => words(`${uid}/${gid}`),
    },
    {
      id: 'size',
      heading: 'size',
      value: ({ entry: { size, device }, below }) =>
        device === undefined ? bytes(below?.size ?? size) : words(`${device.major},${device.minor}`),
    },
    {
      id: 'stored',
      heading: 'stored',
      value: ({ listed, entry, below }) => {
        if (below !== undefined) return bytes(below.stored)
        return entry.type === 'file' ? bytes(listed.stored()) : INAPPLICABLE
      },
    },
    {
      id: 'time',
      heading: 'time (UTC)',
      isText: true,
      dispensable: 2,
      value: ({ entry: { mtime } }) => words(timeText(mtime)),
    },
    {
      id: 'name',
      heading: 'name',
      isName: true,
      value: ({ listed, entry: { target } }) => {
        const its = listedName(listed, folder)
        return target === undefined ? its : words(its, ' -> ', name(target))
      },
    },
    ...(placesOf === undefined
      ? []
      : [
          {
            id: 'extents',
            heading: 'extents',
            isName: true,
            isBelow: true,
            value: ({ listed }: Row): Cell => ({ kind: 'lines', lines: (placesOf(listed) ?? []).map(extentLine) }),
          } as const,
        ]),
  ]
}

/**
 * A place of content: bytes of the image file, and in an ISO the sector. If the content is compressed, it states its
 * unpacked size. A fragment also has parts of other files, before and after this one.
 */
function extentLine({ offset, length, sector, codec, unpacked, skip }: PlacedExtent): Line {
  const facts = [
    `offset ${offset}`,
    `length ${length}`,
    ...(sector === undefined ? [] : [`sector ${sector}`]),
    ...(codec === 'stored' ? [] : [codec]),
    ...(codec === 'stored' || skip !== undefined ? [] : [`unpacked ${unpacked}`]),
    ...(skip === undefined ? [] : [`fragment, in it skip ${skip} length ${unpacked}`]),
  ]
  return { phrases: facts.map((fact) => [fact]), between: ' ' }
}

/** What programs get of an entry. */
export const ROW_COLUMNS: readonly Column<ListedEntry>[] = [
  { id: 'type', heading: 'type', value: ({ entry }) => text(entry.type) },
  { id: 'path', heading: 'path', value: ({ path }) => name(path) },
  { id: 'size', heading: 'size', value: (listed) => bytes(listed.below()?.size ?? listed.entry.size) },
  {
    id: 'stored',
    heading: 'stored',
    value: (listed) => {
      const below = listed.below()
      if (below !== undefined) return bytes(below.stored)
      return listed.entry.type === 'file' ? bytes(listed.stored()) : INAPPLICABLE
    },
  },
  { id: 'mode', heading: 'mode', value: ({ entry }) => text(entry.mode.toString(8).padStart(4, '0')) },
  { id: 'uid', heading: 'uid', value: ({ entry }) => count(entry.uid) },
  { id: 'gid', heading: 'gid', value: ({ entry }) => count(entry.gid) },
  { id: 'mtime', heading: 'mtime', value: ({ entry }) => count(entry.mtime) },
  { id: 'links', heading: 'links', value: (listed) => optionalCount(listed.links()?.length) },
  {
    id: 'target',
    heading: 'target',
    value: ({ entry: { target } }) => (target === undefined ? MISSING : name(target)),
  },
]
