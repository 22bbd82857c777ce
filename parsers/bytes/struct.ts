import type { Field } from './fields.ts'
import { type ByteSource, checkRange } from './source.ts'

export type Fields = Readonly<Record<string, Field<unknown>>>
export type StructOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** A fixed layout, declared once: its size, its field offsets, its reader. */
export interface Struct<F extends Fields> {
  /** The name in the specification: "superblock". */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Byte offset of each field from the start. */
  readonly offsets: { readonly [K in keyof F]: number }
  /** @throws {FormatError} TRUNCATED when the source ends inside the struct */
  read(source: ByteSource, offset: number): StructOf<F>
  /** The struct at `offset` of a view. The caller knows that the view holds all of it. */
  from(view: DataView, offset: number): StructOf<F>
}

/** Declares a layout: the fields, in the order in which they lie in the file. */
export function struct<F extends Fields>(name: string, fields: F): Struct<F> {
  const entries = Object.entries(fields)
  const offsets: Record<string, number> = {}
  let size = 0
  for (const [key, field] of entries) {
    offsets[key] = size
    size += field.size
  }
  const from = (view: DataView, offset: number): StructOf<F> => {
    const values: Record<string, unknown> = {}
    let at = offset
    for (const [key, field] of entries) {
      values[key] = field.get(view, at)
      at += field.size
    }
    return values as StructOf<F>
  }
  return {
    name,
    size,
    offsets: offsets as Struct<F>['offsets'],
    from,
    read(source, offset) {
      checkRange(source, offset, size, name)
      const bytes = source.read(offset, size)
      return from(new DataView(bytes.buffer, bytes.byteOffset, size), 0)
    },
  }
}
