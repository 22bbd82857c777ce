/**
 * A checksum of bytes that come in pieces. Every algorithm here has a function of all bytes at once, `crc32`, and one
 * that starts a running checksum, `startCrc32`: of the same bytes both have the same value, however they are cut.
 */
export interface RunningChecksum<Value> {
  /** Takes `bytes[start, end)` as what follows the bytes so far; it keeps none of them. */
  update(bytes: Uint8Array, start: number, end: number): void
  /** The checksum of the bytes so far; more may follow. */
  digest(): Value
}
