import type { Diff, DiffRow, NamedEdge } from '../../analyses/diff.ts'
import type { ImageSummary } from '../../store/image-summary.ts'
import { printable } from '../text/printable.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'

/** A diff as JSON: all rows, whatever is folded in text. `delta` of the rows adds up to `delta`. */
export function diffJson({ old, new: now, delta, rows, counts, endings, complete }: Diff): string {
  return `${jsonText({
    schema: 'isoscope/diff@1',
    old: imageJson(old),
    new: imageJson(now),
    delta,
    counts,
    endings,
    complete,
    rows: rows.map(rowJson),
  })}\n`
}

function imageJson({ name, size, label, storePaths }: ImageSummary): object {
  return { name, size, label, storePaths }
}

function rowJson(row: DiffRow): object {
  const { oldPath, newPath, through, lost, name, ...rest } = row
  return {
    ...rest,
    ...named('name', name),
    ...(oldPath === undefined ? {} : { oldPath: full(oldPath) }),
    ...(newPath === undefined ? {} : { newPath: full(newPath) }),
    ...(through === undefined ? {} : { through: edgeJson(through) }),
    ...(lost === undefined ? {} : { lost: edgeJson(lost) }),
  }
}

function full(base: string): string {
  return `/nix/store/${printable(base)}`
}

function edgeJson({ from, to }: NamedEdge): object {
  return { from: full(from), to: full(to) }
}
