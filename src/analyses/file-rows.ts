import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { SizedPath } from './directory-rows.ts'
import type { Report } from './report.ts'
import { fileRow } from './report-groups.ts'
import { type ReportRow, rowsBeside } from './report-rows.ts'

/** A file, or what takes bytes beside files, and the key of its owner; undefined for none. */
export interface FileRow extends ReportRow {
  readonly owner: ByteString | undefined
}

/** The rows of `--by file`, with those beside them: they add up to the image. */
export function* fileRows(report: Report, paths: Iterable<SizedPath>): Generator<FileRow> {
  for (const path of paths) {
    if (path.own > 0 || path.files > 0) yield { ...fileRow(path), owner: path.owner }
  }
  for (const row of rowsBeside(report, 'file')) yield { ...row, owner: undefined }
}
