import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { wastedByContent } from '../analyses/duplicates.ts'
import type { SameContent, SharedFiles, StoredContent } from '../inventory/same-contents.ts'
import { bytes, type Cell, MISSING, type NameCell, name, plural, words } from './cell.ts'
import type { Column } from './column.ts'
import type { Shown } from './duplicate-packages.ts'
import { type Section, tableOf } from './section.ts'

/** A place of a content. */
interface Row {
  /** What second places take, at the first one. */
  readonly saves: Cell
  readonly own: Cell
  readonly label: Cell
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'saves', heading: 'again', value: ({ saves }) => saves },
  { id: 'own', heading: 'own', value: ({ own }) => own },
  { id: 'name', heading: 'file', isName: true, value: ({ label }) => label },
]

/** How many places of one content we list. */
const MAX_PLACES = 3

/** Contents that are stored in several places, each with its files. */
export function contentsSection(
  title: string,
  note: string,
  { rows, hints }: Shown<SameContent>,
  nameOf: (key: ByteString) => NameCell,
): readonly Section[] {
  if (rows.length === 0 && hints.length === 0) return []
  const places = rows.flatMap((content): Row[] => {
    const shown = content.places.slice(0, MAX_PLACES)
    const more = content.places.length - shown.length
    return [
      ...shown.map((place, index) => ({
        saves: index === 0 ? bytes(wastedByContent(content)) : MISSING,
        own: bytes(place.own),
        label: placeCell(place, nameOf),
      })),
      ...(more > 0
        ? [{ saves: MISSING, own: MISSING, label: words('and ', ...plural(more, 'more place'), ' (--json has all)') }]
        : []),
    ]
  })
  return [{ title: [title], note: [note], body: tableOf(COLUMNS, places, ({ own }) => own === MISSING), hints }]
}

/** A file that shares its content with others. */
interface SharedRow {
  /** Bytes of the content, at its first file. */
  readonly size: Cell
  readonly label: Cell
  /** Whether it stands for the files that are not shown. */
  readonly isMore: boolean
}

const SHARED_COLUMNS: readonly Column<SharedRow>[] = [
  { id: 'size', heading: 'unpacked', value: ({ size }) => size },
  { id: 'name', heading: 'file', isName: true, value: ({ label }) => label },
]

/** Contents that the image stores once for several files. */
export function storedOnceSection({ rows, hints }: Shown<SharedFiles>): readonly Section[] {
  if (rows.length === 0 && hints.length === 0) return []
  const files = rows.flatMap(({ size, paths }): SharedRow[] => {
    const more = paths.length - MAX_PLACES
    return [
      ...paths.slice(0, MAX_PLACES).map((path, index) => ({
        size: index === 0 ? bytes(size) : MISSING,
        label: name(path.slice(1)),
        isMore: false,
      })),
      ...(more > 0
        ? [{ size: MISSING, label: words('and ', ...plural(more, 'more file'), ' (--json has all)'), isMore: true }]
        : []),
    ]
  })
  const note = ['(the same content in several files; the second ones cost nothing)']
  return [{ title: ['Stored once'], note, body: tableOf(SHARED_COLUMNS, files, ({ isMore }) => isMore), hints }]
}

/** "EFI/boot/bootx64.efi (gzip)", with the other files that share the place. */
function placeCell({ path, owner, files, compression }: StoredContent, nameOf: (key: ByteString) => NameCell): Cell {
  const at = owner === undefined ? -1 : path.indexOf(owner)
  const named = at < 0 ? [name(path.slice(1))] : [nameOf(owner!), name(path.slice(at + owner!.length))]
  return words(
    ...named,
    compression === undefined ? '' : ` (${compression})`,
    ...(files === 1 ? [] : [' (and ', ...plural(files - 1, 'file'), ' stored with it)']),
  )
}
