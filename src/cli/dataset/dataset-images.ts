import type { Inventory } from '../../inventory/take-inventory.ts'
import { UsageError } from '../exit-codes.ts'
import { type Database, type DatabaseRow, openDatabase } from './database.ts'
import { bytesIn, datasetInventory, type ImageOfDataset } from './dataset-inventory.ts'

/** The images of a dataset of Parquet. */
export interface Dataset {
  readonly images: readonly ImageOfDataset[]
  /** Reads what an image consists of. */
  inventory(image: ImageOfDataset): Promise<Inventory>
  close(): void
}

/** Where the rows of an image are. */
interface Place {
  readonly file: string
  readonly identity: string | null
  readonly image: string
}

/**
 * Opens a dataset: files of Parquet that isoscope wrote, among which there is the table `owners`. The table `images` tells
 * more, if it is there.
 * @param path of the dataset, for messages
 * @throws {UsageError} if it is none, or if DuckDB is not installed
 */
export async function openDataset(path: string, files: readonly string[]): Promise<Dataset> {
  const database = await openDatabase(path)
  try {
    const tables = await tablesOf(database, files)
    const owners = tables.get('owners')
    if (owners === undefined) {
      const found = tables.size === 0 ? 'no table of isoscope' : `the table ${[...tables.keys()].join(', ')}`
      throw new UsageError(`${path}: holds ${found}; the table owners is needed`)
    }
    const places = new Map<ImageOfDataset, Place>()
    const known = await knownImages(database, tables.get('images') ?? [])
    const seen = new Set<string>()
    // Files are named by hashes, which are no order; the rows of one file are in the order in which they were written.
    const order = owners.length > 1 ? 'image, identity, filename' : 'min(file_row_number)'
    for (const row of await database.rows(`${SIZES} order by ${order}`, owners)) {
      const place = { file: String(row['filename']), identity: textIn(row, 'identity'), image: String(row['image']) }
      const id = idOf(row)
      // Two files may have the same image. What has no identity may be another image of the same name.
      if (place.identity !== null && seen.has(id)) continue
      seen.add(id)
      places.set(imageOf(row, known.get(id)), place)
    }
    return {
      images: [...places.keys()],
      async inventory(image) {
        const { file, ...values } = places.get(image)!
        return datasetInventory(image, await database.rows(ROWS, [file], values))
      },
      close: () => database.close(),
    }
  } catch (error) {
    database.close()
    // What DuckDB says of a damaged file goes on for lines.
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path}: ${(error as Error).message.split('\n', 1)[0]}`, [], { cause: error })
  }
}

/** The size of an image is the sum of its rows. */
const SIZES = `
  select filename, identity, image, sum(own)::bigint as size
  from read_parquet($files, filename = true, file_row_number = true, union_by_name = true)
  group by filename, identity, image`

const ROWS = `
  select * from read_parquet($files, union_by_name = true)
  where image = $image and identity is not distinct from $identity`

/** Files by the table that they say they hold. */
async function tablesOf(database: Database, files: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const query = `select file_name, decode(value) as its from parquet_kv_metadata($files) where decode(key) = 'schema'`
  const tables = new Map<string, string[]>()
  for (const row of await database.rows(query, files)) {
    const [, table] = /^isoscope\/(\w+)@1$/.exec(String(row['its'])) ?? []
    if (table === undefined) continue
    const known = tables.get(table)
    if (known === undefined) tables.set(table, [String(row['file_name'])])
    else known.push(String(row['file_name']))
  }
  return tables
}

async function knownImages(database: Database, files: readonly string[]): Promise<ReadonlyMap<string, DatabaseRow>> {
  if (files.length === 0) return new Map()
  const rows = await database.rows('select * from read_parquet($files, union_by_name = true)', files)
  return new Map(rows.map((row) => [idOf(row), row]))
}

/** Of images without an identity, the size tells most apart that have one name. */
function idOf(row: DatabaseRow): string {
  return `${textIn(row, 'identity') ?? String(row['size'])} ${String(row['image'])}`
}

/** @param known its row in the table `images` */
function imageOf(row: DatabaseRow, known: DatabaseRow = {}): ImageOfDataset {
  const created = known['created']
  return {
    path: String(row['image']),
    size: Number(row['size']),
    format: textIn(known, 'format') ?? '',
    complete: known['complete'] !== false,
    release: {
      volumeId: textIn(known, 'volumeId') === null ? null : bytesIn(known, 'volumeId'),
      label: textIn(known, 'label'),
      ...(typeof created === 'number' ? { created } : {}),
    },
  }
}

function textIn(row: DatabaseRow, column: string): string | null {
  const value = row[column]
  return typeof value === 'string' ? value : null
}
