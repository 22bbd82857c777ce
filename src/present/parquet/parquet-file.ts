import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { TableName } from '../../views/table-names.ts'
import type { TableValues, Value, ValueColumn } from './table-values.ts'

/**
 * Rows of a group, at least. Readers skip groups, and read several at the same time, so that many small ones cost more than
 * they gain; DuckDB has 122,880 of its own. A group also has all rows of its last image.
 */
const GROUP = 1 << 16

const ELEMENTS = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
} as const

/** A file of Parquet, as pieces of bytes: rows are kept until they are a group. */
export class ParquetFile {
  readonly #columns: readonly ValueColumn[]
  readonly #bytes = new ByteWriter()
  readonly #writer: ParquetWriter
  #values: Value[][]

  /** @param version of isoscope */
  constructor(table: TableName, columns: readonly ValueColumn[], version: string) {
    this.#columns = columns
    this.#values = columns.map(() => [])
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: 'isoscope', num_children: columns.length },
        ...columns.map(({ id, type }) => ({ name: id, repetition_type: 'OPTIONAL' as const, ...ELEMENTS[type] })),
      ],
      codec: 'SNAPPY',
      createdBy: `isoscope version ${version}`,
      kvMetadata: [{ key: 'schema', value: `isoscope/${table}@1` }],
    })
  }

  /** Adds rows. @returns bytes that are complete */
  add({ values }: TableValues): Uint8Array {
    for (const [index, column] of this.#values.entries()) for (const value of values[index]!) column.push(value)
    if (this.#values[0]!.length >= GROUP) this.#writeGroup()
    return this.#taken()
  }

  /** @returns the last bytes */
  finish(): Uint8Array {
    if (this.#values[0]!.length > 0) this.#writeGroup()
    // It is asynchronous only with a writer that is.
    void this.#writer.finish()
    return this.#taken()
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ id, type }, index) => ({
      name: id,
      data:
        type === 'integer'
          ? this.#values[index]!.map((value) => (value === null ? null : BigInt(value)))
          : this.#values[index]!,
    }))
    void this.#writer.write({ columnData, rowGroupSize: this.#values[0]!.length })
    this.#values = this.#columns.map(() => [])
  }

  /** Offsets in the file go on; only the buffer begins anew. */
  #taken(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice()
    this.#bytes.index = 0
    return bytes
  }
}
