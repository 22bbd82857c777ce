import type { FileDiffRow } from '../../analyses/diff-files.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'

/** Which files of a store path changed, as JSON. */
export function fileDiffJson(
  rows: readonly FileDiffRow[],
  oldPath: string | null,
  newPath: string | null,
  contentsCompared: boolean,
): string {
  return `${jsonText({
    schema: 'isoscope/diff-files@1',
    oldPath,
    newPath,
    contentsCompared,
    rows: rows.map(({ path, what, ...row }) => ({ ...row, ...named('path', path), what: what ?? null })),
  })}\n`
}
