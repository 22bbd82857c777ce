import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Diff, DiffRow, NamedEdge } from '../../analyses/diff.ts'
import type { ImageSummary } from '../../store/image-summary.ts'
import { printable } from '../text/printable.ts'
import { jsonText } from './json-text.ts'
import { named, otherNamesJson } from './named.ts'

/** A diff as JSON: all rows, whatever is folded in text. `delta` of the rows adds up to `delta`. */
export function diffJson({
  old,
  new: now,
  delta,
  storeDirectories,
  rows,
  counts,
  endings,
  identical,
  complete,
}: Diff): string {
  return `${jsonText({
    schema: 'isoscope/diff@1',
    old: imageJson(old),
    new: imageJson(now),
    delta,
    counts,
    endings,
    identical,
    complete,
    rows: rows.map((row) => rowJson(row, storeDirectories)),
  })}\n`
}

function imageJson({ name, size, label, storePaths }: ImageSummary): object {
  return { name, size, label, storePaths }
}

function rowJson(row: DiffRow, directories: Diff['storeDirectories']): object {
  const { oldPath, newPath, through, lost, name, otherNames, ...rest } = row
  const edgeJson = ({ from, to }: NamedEdge, directory: ByteString): object => ({
    from: full(from, directory),
    to: full(to, directory),
  })
  return {
    ...rest,
    ...named('name', name),
    ...otherNamesJson(otherNames),
    ...(oldPath === undefined ? {} : { oldPath: full(oldPath, directories.old) }),
    ...(newPath === undefined ? {} : { newPath: full(newPath, directories.new) }),
    ...(through === undefined ? {} : { through: edgeJson(through, directories.new) }),
    ...(lost === undefined ? {} : { lost: edgeJson(lost, directories.old) }),
  }
}

function full(base: ByteString, directory: ByteString): string {
  return printable(`${directory}/${base}`)
}
