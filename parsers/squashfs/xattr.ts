import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { asFormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import type { Xattr } from '../image.ts'
import type { LookupTable } from './lookup-table.ts'
import { MetadataCursor, type MetadataTable } from './metadata-table.ts'

/** The prefix of a name, by the low byte of the attribute's type (kernel: SQUASHFS_XATTR_USER and so on). */
const PREFIXES: readonly ByteString[] = ['user.', 'trusted.', 'security.']
/** The value is elsewhere, and here is a reference to it (kernel: SQUASHFS_XATTR_VALUE_OOL). */
const OUT_OF_LINE = 0x100
/** The longest value that Linux accepts (XATTR_SIZE_MAX). */
const MAX_VALUE = 65536
/**
 * More attributes than Linux can list, because their names must fit into 64 KiB (XATTR_LIST_MAX). It is not a user
 * setting.
 */
const MAX_COUNT = 65536

/** The two tables of extended attributes. */
export interface XattrTables {
  readonly ids: LookupTable
  readonly values: MetadataTable
}

/**
 * The extended attributes of a number in the xattr id table.
 * @throws {FormatError} when a reference or a length is impossible
 */
export function readXattrs(tables: XattrTables, number: number): readonly Xattr[] {
  const id = tables.ids.entry(number)
  const cursor = cursorAt(tables.values, id.getUint32(0, true) + id.getUint32(4, true) * 2 ** 32)
  const count = id.getUint32(8, true)
  if (count === 0 || count > MAX_COUNT) {
    throw cursor.table.errorIn(cursor.index, 'xattr list', 'the number of attributes is invalid', {
      field: 'count',
      found: count,
      expected: `1 to ${MAX_COUNT}`,
    })
  }
  const xattrs: Xattr[] = []
  let total = 0
  for (let index = 0; index < count; index += 1) {
    const type = cursor.u16()
    const name = byteString(cursor.bytes(cursor.u16()))
    const prefix = PREFIXES[type & 0xff]
    const value = (type & OUT_OF_LINE) === 0 ? readValue(cursor) : readOutOfLine(tables.values, cursor)
    total += value.length
    const { limits } = cursor.table
    if (total > limits.xattrs) {
      throw cursor.table.errorIn(cursor.index, 'xattr list', `its values have more than ${limits.xattrs} bytes`, {
        code: 'LIMIT',
        ...atLimit(limits, 'xattrs'),
      })
    }
    // A prefix from a later version. We do not know the name, so we skip the attribute.
    if (prefix !== undefined) xattrs.push({ name: prefix + name, value })
  }
  return xattrs
}

/** Whether every list of attributes begins in an existing block. */
export function hasAllLists({ ids, values }: XattrTables): boolean {
  try {
    for (let number = 0; number < ids.count; number += 1) {
      const id = ids.entry(number)
      const position = Math.floor((id.getUint32(0, true) + id.getUint32(4, true) * 2 ** 32) / 0x10000)
      if (values.indexOf(position) < 0) return false
    }
    return true
  } catch (error) {
    asFormatError(error)
    return false
  }
}

function readOutOfLine(values: MetadataTable, cursor: MetadataCursor): Uint8Array {
  cursor.u32() // size of the reference, 8
  return readValue(cursorAt(values, cursor.u64()))
}

function readValue(cursor: MetadataCursor): Uint8Array {
  const size = cursor.u32()
  if (size > MAX_VALUE) {
    throw cursor.table.errorIn(cursor.index, 'xattr value', 'the value is too long', {
      field: 'value size',
      found: size,
      expected: `at most ${MAX_VALUE}`,
    })
  }
  return cursor.bytes(size).slice()
}

function cursorAt(values: MetadataTable, reference: number): MetadataCursor {
  const position = Math.floor(reference / 0x10000)
  return new MetadataCursor(values).seek(position, reference - position * 0x10000)
}
