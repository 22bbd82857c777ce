import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathOf } from '../../parsers/image.ts'
import { asFolder, type Resolved } from '../images/resolve-path.ts'
import { type FolderSum, folderSums } from '../ledger/folder-sums.ts'
import { bytesOfImage } from '../ledger/stored-sizes.ts'
import { type ListOrder, sortedListing } from './list-order.ts'
import { type ListedEntry, listing } from './listing.ts'

/** One row: an entry with all below it. */
export interface UsageRow extends FolderSum {
  readonly listed: ListedEntry
}

/** What the entries of a directory take in the image file. */
export interface DiskUsage {
  readonly rows: readonly UsageRow[]
  /** Everything below the directory. The `stored` of the rows adds up to it, unless directories contain each other. */
  readonly total: FolderSum
  /** For the root of an image: its bytes that are no file's content, such as tables and padding. */
  readonly rest?: number
}

/**
 * The directories and files of one level, each with all below it; or the directories of all levels, images that the
 * recursion enters included.
 */
export function diskUsage(at: Resolved, recursive: boolean, order: ListOrder): DiskUsage {
  const folder = asFolder(at, pathIn(at))
  const found = listing(at, recursive)
  const listed = recursive && folder !== undefined ? directoriesOf(found) : found
  const rows = sortedListing(listed, order, true).map((each) => ({ listed: each, ...sumOf(each) }))
  if (folder === undefined) return { rows, total: rows[0]! }
  const { open, entry } = folder
  const total = folderSums(open)(entry.index)
  return entry.index === 0 ? { rows, total, rest: bytesOfImage(open) - total.stored } : { rows, total }
}

function pathIn({ open, entry, imagePath }: Resolved): ByteString {
  return imagePath + pathOf(open.image.tree, entry)
}

function* directoriesOf(entries: Iterable<ListedEntry>): Generator<ListedEntry> {
  for (const listed of entries) {
    if (listed.entered !== undefined || listed.open.image.tree.typeOf(listed.index) === 'directory') yield listed
  }
}

function sumOf(listed: ListedEntry): FolderSum {
  const below = listed.below()
  if (below !== undefined) return { stored: below.stored, size: below.size, files: below.files }
  const { type, size } = listed.entry
  return type === 'file' ? { stored: listed.stored(), size, files: 1 } : { stored: 0, size: 0, files: 0 }
}
