import type { FileRow } from '../analyses/file-rows.ts'
import type { ReferenceEdge } from '../analyses/reference-edges.ts'
import type { Report } from '../analyses/report.ts'
import { fullName } from '../owners/names.ts'
import { count, MISSING, name, optionalBytes, optionalCount, text } from './cell.ts'
import type { Column } from './column.ts'
import type { OwnersRow } from './owners.ts'
import { reportColumns } from './report.ts'

/** An image of a dataset. */
export interface DatasetImage {
  /** Of its bytes; undefined for an image without, such as a saved report. */
  readonly identity: string | undefined
  readonly report: Report
  /** How many references there are between its owners. */
  readonly references: number | undefined
  /** The version of isoscope that read it. */
  readonly version: string
}

/** What each row begins with: the image that it is about. */
function imageOf<Row>({ identity, report }: DatasetImage): readonly Column<Row>[] {
  return [
    { id: 'identity', heading: 'identity', value: () => text(identity) },
    { id: 'image', heading: 'image', value: () => text(report.image.name) },
  ]
}

/** A row for each image. */
export function imageColumns(image: DatasetImage): readonly Column<Report>[] {
  return [
    ...imageOf<Report>(image),
    { id: 'size', heading: 'size', holds: 'bytes', value: (report) => optionalBytes(report.image.size) },
    { id: 'offset', heading: 'offset', holds: 'bytes', value: (report) => optionalBytes(report.image.offset ?? 0) },
    { id: 'format', heading: 'format', value: (report) => text(report.image.format) },
    { id: 'container', heading: 'container', value: (report) => text(report.image.container) },
    { id: 'compression', heading: 'compression', value: (report) => text(report.image.compression) },
    {
      id: 'unpackedSize',
      heading: 'unpacked size',
      holds: 'bytes',
      value: (report) => optionalBytes(report.image.unpackedSize),
    },
    {
      id: 'volumeId',
      heading: 'volume',
      holds: 'name',
      value: ({ image: { volumeId } }) => (volumeId === null ? MISSING : name(volumeId)),
    },
    { id: 'label', heading: 'label', value: (report) => text(report.image.label) },
    { id: 'created', heading: 'created', holds: 'count', value: (report) => optionalCount(report.image.created) },
    { id: 'osId', heading: 'system', value: (report) => text(report.image.os?.id) },
    { id: 'osVersionId', heading: 'version of the system', value: (report) => text(report.image.os?.versionId) },
    { id: 'osName', heading: 'name of the system', value: (report) => text(report.image.os?.name) },
    {
      id: 'storePathCount',
      heading: 'store paths',
      holds: 'count',
      value: ({ image }) => count(image.owners - image.packages),
    },
    { id: 'packageCount', heading: 'packages', holds: 'count', value: ({ image }) => count(image.packages) },
    {
      id: 'referenceCount',
      heading: 'references',
      holds: 'count',
      value: () => (image.references === undefined ? MISSING : count(image.references)),
    },
    {
      id: 'referencesFrom',
      heading: 'references from',
      value: (report) => text(report.references?.origin),
    },
    {
      id: 'complete',
      heading: 'complete',
      holds: 'flag',
      value: (report) => ({
        kind: 'flag',
        isSet: report.image.complete && report.references?.complete !== false,
      }),
    },
    { id: 'isoscope', heading: 'isoscope', value: () => text(image.version) },
  ]
}

/** A row for each owner, and for what else takes bytes: they add up to the image. */
export function ownersTableColumns(image: DatasetImage): readonly Column<OwnersRow>[] {
  return [...imageOf<OwnersRow>(image), ...reportColumns(image.report).slice(1)]
}

/** A row for each reference between owners. `from` and `to` are paths of owners. */
export function referenceColumns(image: DatasetImage): readonly Column<ReferenceEdge>[] {
  return [
    ...imageOf<ReferenceEdge>(image),
    { id: 'from', heading: 'from', holds: 'name', value: ({ from }) => name(from) },
    { id: 'to', heading: 'to', holds: 'name', value: ({ to }) => name(to) },
    { id: 'kind', heading: 'kind', value: ({ kind }) => text(kind) },
  ]
}

/** The columns of owners that files have too. */
const OF_FILES: ReadonlySet<string> = new Set(['kind', 'path', 'own', 'unpacked', 'files', 'otherNames'])

/** A row for each file, and for what else takes bytes: they add up to the image. `owner` is a path of owners. */
export function filesTableColumns(image: DatasetImage): readonly Column<FileRow>[] {
  const { directory } = image.report
  return [
    ...imageOf<FileRow>(image),
    ...reportColumns(image.report).filter(({ id }) => OF_FILES.has(id)),
    {
      id: 'owner',
      heading: 'owner',
      holds: 'name',
      value: ({ owner }) => (owner === undefined ? MISSING : name(fullName(directory, owner))),
    },
  ]
}
