/** Whether two arrays have the same bytes. Node's own comparison is ten times as fast as a loop. */
export function areEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
