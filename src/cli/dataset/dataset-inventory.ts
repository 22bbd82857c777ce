import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import type { Account, Attribution } from '../../inventory/attribution.ts'
import type { Release } from '../../inventory/image-summary.ts'
import { accountKinds } from '../../inventory/part-shapes.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { kindOfKeys } from '../../owners/models.ts'
import { isPackage, keyOfName } from '../../owners/names.ts'
import { bytesOfBase64 } from '../../present/json/base64.ts'
import type { DatabaseRow } from './database.ts'

/** An image of a dataset. */
export interface ImageOfDataset {
  /** Its name in the tables. */
  readonly path: string
  readonly size: number
  readonly format: string
  readonly complete: boolean
  readonly release: Release
}

/**
 * An image of a dataset as an inventory, which has sizes, and neither references nor entries. An owner has one file there,
 * which stands for all of its files: two owners of one name are equal if these have the same number and the same bytes.
 * @param rows of the table `owners` that are about the image
 */
export function datasetInventory(image: ImageOfDataset, rows: readonly DatabaseRow[]): Inventory {
  const accounts = rows.map(accountOf)
  const files = accounts.flatMap(({ owner, files: count, unpacked: size }) =>
    owner === undefined ? [] : [[owner, [{ path: `${count} files`, type: 'file', size, executable: false }]] as const],
  )
  const keys = [...new Set(accounts.flatMap(({ owner }) => owner ?? []))]
  const attribution: Attribution = { accounts, shared: [], images: [], warnings: [], complete: image.complete }
  return {
    image: {
      ...image.release,
      ...{ name: image.path, size: image.size, format: image.format, squashfs: [], complete: image.complete },
      owners: keys.length,
      packages: keys.filter(isPackage).length,
    },
    kind: kindOfKeys(keys),
    directory: directoryOf(rows),
    attribution,
    references: undefined,
    boots: new Map(),
    roots: [],
    files: new Map(files),
    isSaved: true,
  }
}

/** The region of owners that lie in several regions: the table does not tell in which ones. */
const SEVERAL_REGIONS = '[several regions]'

const KINDS: ReadonlySet<unknown> = new Set(accountKinds)

function accountOf(row: DatabaseRow): Account {
  const name = bytesIn(row, 'path')
  const isOwner = row['kind'] === 'storePath' || row['kind'] === 'package'
  const kind = KINDS.has(row['kind']) ? (row['kind'] as Account['kind']) : 'structure'
  return {
    kind: isOwner ? 'owner' : kind,
    name,
    region: row['region'] === null ? SEVERAL_REGIONS : bytesIn(row, 'region'),
    own: Number(row['own']),
    unpacked: Number(row['unpacked']),
    files: Number(row['files'] ?? 0),
    ...(isOwner ? { owner: keyOfName(name) } : {}),
  }
}

/** A name as bytes: those in base64, if it is not UTF-8. */
export function bytesIn(row: DatabaseRow, column: string): ByteString {
  const base64 = row[`${column}Base64`]
  return typeof base64 === 'string' ? bytesOfBase64(base64) : byteStringOfText(String(row[column] ?? ''))
}

/** The directory of the store: what stands before the key of a store path. */
function directoryOf(rows: readonly DatabaseRow[]): ByteString {
  const row = rows.find(({ kind }) => kind === 'storePath')
  if (row === undefined) return ''
  const path = bytesIn(row, 'path')
  return isPackage(path) ? '' : path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}
