import { joined } from '../bytes/joined.ts'
import { formatError } from '../bytes/source.ts'
import type { Database } from './database.ts'
import { type Page, u32At } from './page.ts'

/** Bytes of a payload that stand in a cell of a table; the others are in overflow pages (SQLite file format 1.7). */
export function localSize(size: number, usableSize: number): number {
  const most = usableSize - 35
  if (size <= most) return size
  const least = Math.floor(((usableSize - 12) * 32) / 255) - 23
  const wanted = least + ((size - least) % (usableSize - 4))
  return wanted <= most ? wanted : least
}

/**
 * The payload of a cell: what stands at `at` of its page, and then a chain of overflow pages, each of which begins with the
 * number of the next. The caller knows that the page holds what stands there.
 * @param claim says that a page is used, and throws if it already was
 * @throws {FormatError} if the chain is damaged
 */
export function payloadAt(
  database: Database,
  page: Page,
  at: number,
  size: number,
  claim: (number: number) => void,
): Uint8Array {
  const local = localSize(size, database.usableSize)
  const parts = [page.bytes.subarray(at, at + local)]
  let left = size - local
  let next = left > 0 ? u32At(page, at + local) : 0
  while (left > 0) {
    if (next === 0) {
      throw formatError('MALFORMED', 'the overflow pages of a row end before it does', page.source, {
        structure: `table b-tree page ${page.number}`,
        offset: page.offset + at,
      })
    }
    claim(next)
    const overflow = database.page(next)
    const part = overflow.bytes.subarray(4, 4 + left)
    parts.push(part)
    left -= part.length
    next = u32At(overflow, 0)
  }
  return parts.length === 1 ? parts[0]! : joined(parts)
}
