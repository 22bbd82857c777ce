import { asFormatError } from '../bytes/errors.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError, type Place } from '../bytes/source.ts'
import type { Database } from './database.ts'
import { databaseHeader } from './header.ts'
import { type Page, u16At, u32At } from './page.ts'
import { localSize, payloadAt } from './payload.ts'
import { columnsOf, type Value } from './record.ts'
import { varintAt } from './varint.ts'

/** A row of a table. */
export interface Row {
  readonly rowid: bigint
  /** In the order of the table. The column that is an alias of the rowid is NULL (SQLite file format 2.3). */
  readonly columns: readonly Value[]
}

/** Types of b-tree pages (SQLite file format 1.6), with the sizes of their headers. */
const LEAF = 0x0d
const INTERIOR = 0x05
const HEADER_SIZE: ReadonlyMap<number, number> = new Map([
  [LEAF, 8],
  [INTERIOR, 12],
])

/** Pages of an index, in which a table WITHOUT ROWID keeps its rows, too. */
const INDEX = new Set([0x02, 0x0a])

/**
 * The rows of the table whose b-tree begins at a page, in the order of their rowids. What is damaged becomes a problem, and we go
 * on with the next row or page. No page is read twice, so the work is bounded by the size of the file.
 */
export function* rowsAt(database: Database, root: number, problems: Problems): Generator<Row> {
  const used = new Set<number>()
  const claim = (number: number): void => {
    if (used.has(number)) {
      const page = database.page(number)
      throw formatError('MALFORMED', 'it is used twice', page.source, {
        structure: `page ${number}`,
        offset: page.offset,
      })
    }
    used.add(number)
  }
  const reached = new Set([root])
  /**
   * The pages below one. Of those that do not exist and of those that are used twice, only the first becomes a problem: a page
   * has room for 30,000.
   */
  const below = (page: Page, cells: readonly number[]): readonly number[] => {
    const told = { missing: false, twice: false }
    return childrenOf(page, cells).filter((number) => {
      const wrong = !database.has(number) ? 'missing' : reached.has(number) ? 'twice' : undefined
      if (wrong === undefined) {
        reached.add(number)
        return true
      }
      const isFirst = !told[wrong]
      told[wrong] = true
      return isFirst
    })
  }
  const left = [root]
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    try {
      claim(number)
      const page = database.page(number)
      const cells = cellsOf(page)
      if (cells.isLeaf) yield* rowsOn(database, page, cells.offsets, claim, problems)
      else left.push(...below(page, cells.offsets).toReversed())
    } catch (error) {
      problems.damage(asFormatError(error))
    }
  }
}

/** The places of the cells of a page, in the order of their keys. */
function cellsOf(page: Page): { readonly isLeaf: boolean; readonly offsets: readonly number[] } {
  const begin = beginOf(page)
  const type = page.bytes[begin]!
  const headerSize = HEADER_SIZE.get(type)
  if (INDEX.has(type)) {
    throw formatError('UNSUPPORTED', 'a page of an index, which we do not read', page.source, placeIn(page, begin))
  }
  if (headerSize === undefined) throw formatError('MALFORMED', 'no page of a table', page.source, placeIn(page, begin))
  const first = begin + headerSize
  const count = u16At(page, begin + 3)
  const end = first + 2 * count
  if (end > page.bytes.length) {
    throw formatError('MALFORMED', 'more cells than the page has room for', page.source, placeIn(page, begin + 3))
  }
  const offsets = Array.from({ length: count }, (_, index) => u16At(page, first + 2 * index))
  const outside = offsets.findIndex((offset) => offset < end || offset + 4 > page.bytes.length)
  if (outside >= 0) {
    throw formatError('MALFORMED', 'a cell is outside the page', page.source, placeIn(page, first + 2 * outside))
  }
  return { isLeaf: type === LEAF, offsets }
}

/** Page 1 begins with the header of the database. */
function beginOf({ number }: Page): number {
  return number === 1 ? databaseHeader.size : 0
}

function placeIn({ number, offset }: Page, at: number): Place {
  return { structure: `table b-tree page ${number}`, offset: offset + at }
}

/** The children of an interior page: a cell begins with the one to its left, and the header has the last one. */
function childrenOf(page: Page, cells: readonly number[]): number[] {
  return [...cells.map((at) => u32At(page, at)), u32At(page, beginOf(page) + 8)]
}

function* rowsOn(
  database: Database,
  page: Page,
  cells: readonly number[],
  claim: (number: number) => void,
  problems: Problems,
): Generator<Row> {
  const { bytes } = page
  let room = bytes.length
  /** What is told of a page already. It has room for thousands of cells, and an error takes longer than a cell. */
  const told = new Set<string>()
  for (const at of cells) {
    const fail = (detail: string): void => {
      if (!told.has(detail)) problems.damage(formatError('MALFORMED', detail, page.source, placeIn(page, at)))
      told.add(detail)
    }
    const size = varintAt(bytes, at)
    const rowid = size === undefined ? undefined : varintAt(bytes, size.end)
    if (size === undefined || rowid === undefined) {
      fail('a cell ends after the page')
      continue
    }
    if (size.value < 0n || size.value > BigInt(database.size)) {
      fail('a row is larger than the database')
      continue
    }
    const length = Number(size.value)
    const local = localSize(length, database.usableSize)
    const end = rowid.end + local + (local < length ? 4 : 0)
    if (end > bytes.length) {
      fail('a cell ends after the page')
      continue
    }
    // Cells that share bytes could have many times the bytes of the page.
    room -= end - at
    if (room < 0) {
      fail('cells share bytes')
      return
    }
    let record: Uint8Array
    try {
      record = payloadAt(database, page, rowid.end, length, claim)
    } catch (error) {
      problems.damage(asFormatError(error))
      continue
    }
    const columns = columnsOf(record)
    if (typeof columns === 'string') fail(`the record of a row is damaged: ${columns}`)
    else yield { rowid: rowid.value, columns }
  }
}
