import type { ByteString } from '../bytes/byte-string.ts'

/** One entry of a partition table. Partitions are views: they may overlap, and on hybrid images most do. */
export interface Partition {
  readonly table: 'MBR' | 'GPT' | 'APM'
  /** As the table numbers it, from 1. */
  readonly number: number
  /** Bytes from the start of the source. */
  readonly start: number
  /** Bytes. */
  readonly length: number
  /** MBR: "0xef"; GPT: the type GUID; APM: the type's name. */
  readonly type: string
  /** What GPT and APM call it, in UTF-8; '' in an MBR. */
  readonly name: ByteString
}
