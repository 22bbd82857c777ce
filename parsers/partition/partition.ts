import type { ByteString } from '../bytes/byte-string.ts'

/** One entry of a partition table. Partitions are views: they may overlap, and on hybrid images most of them do. */
export interface Partition {
  readonly table: 'MBR' | 'GPT' | 'APM'
  /** Its number in the table, from 1. */
  readonly number: number
  /** Bytes from the start of the source. */
  readonly start: number
  /** Bytes. */
  readonly length: number
  /** MBR: "0xef"; GPT: the type GUID; APM: the type's name. */
  readonly type: string
  /** Its name in a GPT or APM, in UTF-8; '' in an MBR. */
  readonly name: ByteString
}
