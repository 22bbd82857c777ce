import type { Column } from '../../views/column.ts'
import type { Rows } from '../../views/view.ts'
import { jsonText } from '../json/json-text.ts'
import { forPrograms, setJson } from '../tables/rows.ts'

/** What a column of Parquet holds. */
export type ValueType = 'text' | 'integer' | 'boolean'

/** A value of a column, which JSON can send to other processes. Integers are safe. */
export type Value = string | number | boolean | null

/** A column of Parquet: its name and its type. */
export interface ValueColumn {
  readonly id: string
  readonly type: ValueType
}

/** Rows by column. */
export interface TableValues {
  readonly columns: readonly ValueColumn[]
  /** The values of each column; all have the same length. */
  readonly values: readonly (readonly Value[])[]
}

/**
 * The values of rows as NDJSON has them, by column: what is absent there is null here, and a list is its JSON. A name that
 * is not UTF-8 is escaped, and its bytes stand in a column of their own in base64.
 */
export function tableValues<Row>({ columns, rows }: Rows<Row>): TableValues {
  const shown = forPrograms(columns)
  const made = shown.flatMap(valueColumns)
  const values = made.map((): Value[] => [])
  for (const row of rows) {
    const json: Record<string, unknown> = {}
    for (const { id, value } of shown) setJson(json, id, value(row))
    for (const [index, column] of made.entries()) values[index]!.push(checkedValue(column, json[column.id]))
  }
  return { columns: made, values }
}

function valueColumns<Row>({ id, holds }: Column<Row>): readonly ValueColumn[] {
  switch (holds) {
    case 'bytes':
    case 'count':
      return [{ id, type: 'integer' }]
    case 'flag':
      return [{ id, type: 'boolean' }]
    case 'name':
      return [
        { id, type: 'text' },
        { id: `${id}Base64`, type: 'text' },
      ]
    default:
      return [{ id, type: 'text' }]
  }
}

/** @throws {Error} if a column does not hold what it says */
function checkedValue({ id, type }: ValueColumn, value: unknown): Value {
  if (value === undefined || value === null) return null
  if (type === 'integer' && Number.isSafeInteger(value)) return value as number
  if (type === 'boolean' && typeof value === 'boolean') return value
  if (type === 'text' && typeof value === 'string') return value
  if (type === 'text' && Array.isArray(value)) return jsonText(value)
  throw new Error(`the column ${id} holds no ${type}`)
}
