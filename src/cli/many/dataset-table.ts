import { fileRows } from '../../analyses/file-rows.ts'
import { referenceEdges } from '../../analyses/reference-edges.ts'
import type { Report } from '../../analyses/report.ts'
import { reportRows } from '../../analyses/report-rows.ts'
import type { Survey } from '../../inventory/survey.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { type TableValues, tableValues } from '../../present/parquet/table-values.ts'
import type { TableName } from '../../views/table-names.ts'
import {
  type DatasetImage,
  filesTableColumns,
  imageColumns,
  ownersTableColumns,
  referenceColumns,
} from '../../views/tables.ts'
import { fileSizes } from '../groupings.ts'
import { readVersion } from '../version.ts'

/** What is known of an image whose rows go into a dataset. */
export interface Answered {
  readonly survey: Survey
  readonly inventory: Inventory
  readonly report: Report
  readonly identity: string | undefined
}

/**
 * The rows of a table that are about one image.
 * @throws {UsageError} if a saved report does not tell the files of owners
 */
export function datasetTable(table: TableName, { survey, inventory, report, identity }: Answered): TableValues {
  const references = inventory.references?.graph.references.list.length
  const image: DatasetImage = { identity, report, references, version: readVersion() }
  switch (table) {
    case 'images':
      return tableValues({ columns: imageColumns(image), rows: [report] })
    case 'owners':
      return tableValues({ columns: ownersTableColumns(image), rows: reportRows(report) })
    case 'references':
      return tableValues({ columns: referenceColumns(image), rows: referenceEdges(inventory) })
    case 'files':
      return tableValues({ columns: filesTableColumns(image), rows: fileRows(report, fileSizes('file', survey)) })
  }
}
