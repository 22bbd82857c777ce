import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { CompressionChange } from '../../analyses/compression-changes.ts'
import type { Diff, DiffRow, NamedEdge } from '../../analyses/diff.ts'
import type { EntryChange, MetadataDiff } from '../../analyses/metadata-diff.ts'
import type { OutsideDiff } from '../../analyses/outside-diff.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { fullName } from '../../owners/names.ts'
import type { DiffPaths } from '../../views/diff.ts'
import { kindWord } from '../../views/owners.ts'
import { printable, printableText } from '../text/printable.ts'
import { jsonText } from './json-text.ts'
import { changeJson, privilegeJson } from './metadata.ts'
import { named, otherNamesJson, textOrBytes } from './named.ts'
import { ownerFieldJson, sidesJson } from './owner.ts'
import { ownerCountsJson } from './owner-counts.ts'

/**
 * A diff as JSON, with all rows, including those that text output sums up. The `delta` of the rows adds up to `delta`.
 */
export function diffJson(diff: Diff, paths: DiffPaths): string {
  const { old, new: now, delta, directories, rows, counts, comparedBy, endings, identical, complete } = diff
  return `${jsonText({
    schema: 'isoscope/diff@2',
    by: diff.by,
    old: imageJson(old, paths.old),
    new: imageJson(now, paths.new),
    delta,
    counts,
    comparedBy,
    outsideOwners: diff.outside === undefined ? null : outsideJson(diff.outside),
    metadata: diff.metadata === undefined ? null : metadataJson(diff.metadata, directories.new),
    privilegeChanges: diff.metadata === undefined ? null : privilegesJson(diff.metadata, directories),
    compressionChanges: diff.compression.map(compressionJson),
    bySizeAlone: diff.bySizeAlone.map(textOrBytes),
    byContent: diff.byContent.map(textOrBytes),
    endings: endings === undefined ? undefined : endingsJson(endings),
    isIdentical: identical,
    complete,
    rows: rows.map((row) => diffRowJson(row, directories)),
  })}\n`
}

function imageJson({ name, size, label, owners, packages }: ImageSummary, path: string): object {
  return { name, path: printableText(path), size, label, ...ownerCountsJson(owners, packages) }
}

/** A row of a diff: all that is known of the change. */
export function diffRowJson(row: DiffRow, directories: Diff['directories']): object {
  const { oldPath, newPath, through, lost, name, otherNames, compression, metadata, paths, ...rest } = row
  const edgeJson = ({ from, to }: NamedEdge, directory: ByteString): object => ({
    from: full(from, directory),
    to: full(to, directory),
  })
  return {
    ...rest,
    ownerCount: paths,
    kind: kindWord(rest.kind, newPath ?? oldPath),
    ...named('name', name),
    ...otherNamesJson(otherNames),
    ...(compression === undefined ? {} : { compressionChange: compressionJson(compression) }),
    ...(metadata === undefined ? {} : { metadataCounts: metadata }),
    ...sidesJson({ old: oldPath, new: newPath }, directories),
    ...(through === undefined ? {} : { through: edgeJson(through, directories.new) }),
    ...(lost === undefined ? {} : { lost: edgeJson(lost, directories.old) }),
  }
}

/** Endings are bytes from the image, as the names are. */
function endingsJson({ before, after }: NonNullable<Diff['endings']>): object {
  return { ...named('oldEnding', before), ...named('newEnding', after) }
}

function compressionJson({ oldPath, path, before, after }: CompressionChange): object {
  return { ...named('oldPath', oldPath), ...named('path', path), oldCompression: before, newCompression: after }
}

function outsideJson({ files, comparedBy, changes }: OutsideDiff): object {
  return {
    files,
    comparedBy,
    changes: changes.map(({ path, what, ...rest }) => ({ ...rest, ...named('path', path), what: what ?? null })),
  }
}

/** An entry by its owner and its path inside; one without an owner, by its path in the image. */
function entryJson({ owner, path }: Pick<EntryChange, 'owner' | 'path'>, directory: ByteString): object {
  return { ...ownerFieldJson(owner, directory), ...named('path', path) }
}

function metadataJson({ entries, sums, changes }: MetadataDiff, directory: ByteString): object {
  return {
    entryCount: entries,
    counts: Object.fromEntries(sums.map((sum) => [sum.kind, sum.entries])),
    changes: changes.map((change) => ({
      ...entryJson(change, directory),
      metadataChanges: change.changes.map(changeJson),
    })),
  }
}

function privilegesJson({ privileges }: MetadataDiff, directories: Diff['directories']): object {
  return privileges.map((change) => ({
    class: change.class,
    ...entryJson(change, change.class === 'gone' ? directories.old : directories.new),
    ...privilegeJson(change),
  }))
}

function full(key: ByteString, directory: ByteString): string {
  return printable(fullName(directory, key))
}
