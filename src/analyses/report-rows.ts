import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import type { Grouping } from './grouping.ts'
import type { Report } from './report.ts'

/** An owner of bytes of an image as a row of a table; undefined stands for a missing value. */
export interface ReportRow {
  readonly kind: Account['kind'] | 'package' | 'directory' | 'region'
  /** For owners. */
  readonly key: ByteString | undefined
  /** The name that people use for an owner, the path of a file in the image, or the name of a structure. */
  readonly name: ByteString
  /** The same, but the full path of an owner. */
  readonly path: ByteString
  /** The other paths of a hard-linked file. */
  readonly otherNames: readonly ByteString[]
  /** For owners. */
  readonly pname: string | undefined
  readonly version: string | undefined
  /** For a package that has several owners, their keys; absent for all else. */
  readonly owners?: readonly ByteString[]
  /** Undefined if it has bytes in several regions. */
  readonly region: ByteString | undefined
  /** Bytes in the image; those of all rows add up to the file. */
  readonly own: number
  readonly unpacked: number
  readonly files: number
  readonly retained: number | undefined
  readonly closure: number | undefined
  /** Keys of the owners that the roots reach and that refer to it. */
  readonly referrers: readonly ByteString[] | undefined
  /** Whether a root leads to it. */
  readonly reached: boolean | undefined
}

/** Everything that bytes of an image are there for, owners first: a row each, however many regions it lies in. */
export function* reportRows(report: Report): Generator<ReportRow> {
  yield* ownerRows(report)
  for (const account of report.accounts) if (account.owner === undefined) yield accountRow(account)
}

/** What is left beside rows of another grouping: with them it adds up to the file. */
export function* rowsBeside({ accounts }: Report, by: Exclude<Grouping, 'path'>): Generator<ReportRow> {
  if (by === 'region') return
  for (const account of accounts) {
    if (account.owner !== undefined) continue
    const row = accountRow(account)
    if (by === 'package' || row.kind !== 'file') yield row
  }
}

/** The owners, largest first. */
export function* ownerRows({ owners, references }: Report): Generator<ReportRow> {
  for (const { key, name, path, pname, version, own, ownByRegion, unpacked, files } of owners) {
    const holding = references?.holdings.get(key)
    const regions = Object.keys(ownByRegion)
    yield {
      kind: 'owner',
      key,
      name,
      path,
      otherNames: [],
      pname,
      version: version ?? undefined,
      region: regions.length === 1 ? regions[0] : undefined,
      own,
      unpacked,
      files,
      retained: holding?.retained,
      closure: holding?.closure,
      referrers: holding?.referrers,
      reached: holding?.reached,
    }
  }
}

/** The row of what is no owner: a file, a structure, padding. */
export function accountRow({ kind, name, otherNames = [], region, own, unpacked, files }: Account): ReportRow {
  return {
    kind,
    key: undefined,
    name,
    path: name,
    otherNames,
    pname: undefined,
    version: undefined,
    region,
    own,
    unpacked,
    files,
    retained: undefined,
    closure: undefined,
    referrers: undefined,
    reached: undefined,
  }
}
