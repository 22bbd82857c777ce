import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { u32be } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** What the header of a package begins with in the database (rpm, docs/manual/format_header.md), without a magic number. */
export const headerIntro = struct('rpm header', { indexLength: u32be, dataLength: u32be })
/** One entry of the index, whose data is in the data segment. */
export const indexEntry = struct('rpm index entry', { tag: u32be, type: u32be, offset: u32be, count: u32be })

/** Types of data: integers by the bytes of each, and strings. */
const INTEGERS: ReadonlyMap<number, 1 | 2 | 4 | 8> = new Map([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
])
const STRINGS = new Set([6, 8, 9])
/** The most values of one tag. No package has a million files. */
const MOST_VALUES = 1 << 21
/** The tags below mark regions of the header, such as what is signed, and are no facts. */
const FIRST_TAG = 100

/** The facts of a package by tag. Those that it does not have are empty. */
export interface Header {
  readonly source: ByteSource
  /** @throws {FormatError} if they end after the data, or if they are too many */
  strings(tag: number): readonly ByteString[]
  /** @throws {FormatError} if they end after the data, or if they are too many */
  numbers(tag: number): readonly number[]
}

/**
 * Reads the header of a package.
 * @throws {FormatError} if it is longer than the source
 */
export function readHeader(source: ByteSource): Header {
  const { indexLength, dataLength } = headerIntro.read(source, 0)
  const dataBegin = headerIntro.size + indexLength * indexEntry.size
  if (dataBegin + dataLength > source.size) {
    throw formatError('MALFORMED', 'longer than the row of the database', source, {
      structure: headerIntro.name,
      offset: 0,
      found: dataBegin + dataLength,
      expected: source.size,
    })
  }
  const data = source.read(dataBegin, dataLength)
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const entries = new Map<number, { readonly type: number; readonly offset: number; readonly count: number }>()
  for (let index = 0; index < indexLength; index += 1) {
    const { tag, ...entry } = indexEntry.read(source, headerIntro.size + index * indexEntry.size)
    if (tag >= FIRST_TAG && !entries.has(tag)) entries.set(tag, entry)
  }
  const fail = (tag: number, offset: number): never => {
    throw formatError('MALFORMED', 'its values end after the data of the header', source, {
      structure: `rpm tag ${tag}`,
      offset: dataBegin + offset,
    })
  }
  /** The entry of a tag. A few zeros in an image can be said to be any number of values. */
  const entryOf = (tag: number) => {
    const entry = entries.get(tag)
    if (entry === undefined || entry.count <= MOST_VALUES) return entry
    throw formatError('LIMIT', 'it has too many values', source, {
      structure: `rpm tag ${tag}`,
      offset: dataBegin + entry.offset,
      found: entry.count,
      expected: `at most ${MOST_VALUES}`,
    })
  }
  return {
    source,
    strings(tag) {
      const entry = entryOf(tag)
      if (entry === undefined || !STRINGS.has(entry.type)) return []
      const found: ByteString[] = []
      let at = entry.offset
      for (let index = 0; index < entry.count; index += 1) {
        const end = data.indexOf(0, at)
        if (end < 0 || at >= data.length) fail(tag, entry.offset)
        found.push(byteString(data, at, end))
        at = end + 1
      }
      return found
    },
    numbers(tag) {
      const entry = entryOf(tag)
      const size = entry === undefined ? undefined : INTEGERS.get(entry.type)
      if (entry === undefined || size === undefined) return []
      const { offset, count } = entry
      if (offset + count * size > data.length) fail(tag, offset)
      return Array.from({ length: count }, (_, index) => integerAt(view, offset + index * size, size))
    },
  }
}

function integerAt(view: DataView, at: number, size: 1 | 2 | 4 | 8): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  return size === 4 ? view.getUint32(at) : Number(view.getBigUint64(at))
}
