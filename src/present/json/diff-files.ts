import type { FileDiffRow } from '../../analyses/diff-files.ts'
import { jsonText } from './json-text.ts'
import { changeJson, privilegeJson } from './metadata.ts'
import { named } from './named.ts'

/** What we compared besides names, sizes and links. */
export interface FilesCompared {
  readonly contents: boolean
  readonly metadata: boolean
}

/** The changed files of a store path, as JSON. */
export function fileDiffJson(
  rows: readonly FileDiffRow[],
  oldPath: string | null,
  newPath: string | null,
  compared: FilesCompared,
): string {
  return `${jsonText({
    schema: 'isoscope/diff-files@1',
    oldPath,
    newPath,
    contentsCompared: compared.contents,
    metadataCompared: compared.metadata,
    rows: rows.map(({ path, what, metadata, privileges, ...row }) => ({
      ...row,
      ...named('path', path),
      what: what ?? null,
      metadataChanges: metadata.map(changeJson),
      ...(privileges === undefined ? {} : { privilegeChange: privilegeJson(privileges) }),
    })),
  })}\n`
}
