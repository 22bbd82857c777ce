/**
 * A checksum of bytes that arrive in pieces. Every algorithm here has a function for all bytes at once, such as
 * `crc32`, and one that starts a running checksum, such as `startCrc32`. Both give the same value, however a caller
 * cuts the bytes.
 */
export interface RunningChecksum<Value> {
  /** Adds `bytes[start, end)` to the bytes so far. It keeps no reference to them. */
  update(bytes: Uint8Array, start: number, end: number): void
  /** The checksum of the bytes so far; more may follow. */
  digest(): Value
}
