import type { ListedEntry } from '../analyses/listing.ts'
import { bytes, count, INAPPLICABLE, MISSING, name, optionalCount, text } from './cell.ts'
import type { Column } from './column.ts'
import { tableOf } from './section.ts'
import type { View } from './view.ts'

/** The entries of a listing. */
export function listingView(entries: Iterable<ListedEntry>): View<ListedEntry> {
  return {
    sections: () => [{ body: tableOf(COLUMNS, [...entries]) }],
    rows: () => ({ columns: COLUMNS, rows: entries }),
  }
}

const COLUMNS: readonly Column<ListedEntry>[] = [
  { id: 'type', heading: 'type', isName: true, value: ({ entry }) => text(entry.type) },
  { id: 'path', heading: 'path', isName: true, value: ({ path }) => name(path) },
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
  { id: 'uid', heading: 'uid', only: 'programs', value: ({ entry }) => count(entry.uid) },
  { id: 'gid', heading: 'gid', only: 'programs', value: ({ entry }) => count(entry.gid) },
  { id: 'mtime', heading: 'mtime', only: 'programs', value: ({ entry }) => count(entry.mtime) },
  { id: 'links', heading: 'links', only: 'programs', value: (listed) => optionalCount(listed.links()?.length) },
  {
    id: 'target',
    heading: 'target',
    isName: true,
    value: ({ entry: { target } }) => (target === undefined ? MISSING : name(target)),
  },
]
