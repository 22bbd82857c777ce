import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import type { Report } from './report.ts'

/** An owner of bytes of an image as a row of a table; undefined stands for a missing value. */
export interface ReportTableRow {
  readonly kind: Account['kind']
  /** The full path of an owner, the path of a file in the image, or the name of a structure. */
  readonly path: ByteString
  /** The other paths of a hard-linked file. */
  readonly otherNames: readonly ByteString[]
  /** For owners. */
  readonly pname: string | undefined
  readonly version: string | undefined
  /** Undefined if it has bytes in several regions. */
  readonly region: ByteString | undefined
  /** Bytes in the image; those of all rows add up to the file. */
  readonly own: number
  readonly unpacked: number
  readonly files: number
  readonly retained: number | undefined
  readonly closure: number | undefined
  /** How many owners that the roots reach refer to it. */
  readonly referrers: number | undefined
}

/** The owners of an image's bytes, owners first: one row each, however many regions it lies in. */
export function* reportRows({ owners, accounts, references }: Report): Generator<ReportTableRow> {
  for (const { key, path, pname, version, own, ownByRegion, unpacked, files } of owners) {
    const holding = references?.holdings.get(key)
    const regions = Object.keys(ownByRegion)
    yield {
      kind: 'owner',
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
      referrers: holding?.referrers.length,
    }
  }
  for (const { kind, name, otherNames = [], region, own, unpacked, files, owner } of accounts) {
    if (owner !== undefined) continue
    const nothing = {
      pname: undefined,
      version: undefined,
      retained: undefined,
      closure: undefined,
      referrers: undefined,
    }
    yield { kind, path: name, otherNames, region, own, unpacked, files, ...nothing }
  }
}
