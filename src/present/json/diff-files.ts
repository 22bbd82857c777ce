import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FileDiffRow } from '../../analyses/diff-files.ts'
import { isPackage } from '../../owners/names.ts'
import { jsonText } from './json-text.ts'
import { changeJson, privilegeJson } from './metadata.ts'
import { named } from './named.ts'
import { type OwnerSides, sidesJson } from './owner.ts'

/** What we compared besides names, sizes and links. */
export interface FilesCompared {
  readonly contents: boolean
  readonly metadata: boolean
}

/** The changed files of an owner, as JSON. Where it is absent on one side, the field of that side is null. */
export function fileDiffJson(
  rows: readonly FileDiffRow[],
  owners: OwnerSides,
  directories: Readonly<Record<keyof OwnerSides, ByteString>>,
  compared: FilesCompared,
): string {
  const isOfPackage = [owners.old, owners.new].some((key) => key !== undefined && isPackage(key))
  const absent = isOfPackage ? { oldPackage: null, newPackage: null } : { oldPath: null, newPath: null }
  return `${jsonText({
    schema: 'isoscope/diff-files@1',
    ...absent,
    ...sidesJson(owners, directories),
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
