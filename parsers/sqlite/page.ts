import type { ByteSource } from '../bytes/source.ts'

/** One page of a database, and where we read it. */
export interface Page {
  /** The first page is number 1. */
  readonly number: number
  /** Without its reserved space. */
  readonly bytes: Uint8Array
  /** The database, or its write-ahead log. */
  readonly source: ByteSource
  /** Where the page begins in the source. */
  readonly offset: number
}

/** A number of 4 bytes in a page. The caller knows that the page holds it. */
export function u32At({ bytes }: Page, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** A number of 2 bytes in a page. The caller knows that the page holds it. */
export function u16At({ bytes }: Page, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
