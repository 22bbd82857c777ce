/** The same with another size in its header. */
export function withSize(file: Uint8Array, size: bigint): Uint8Array {
  const changed = Uint8Array.from(file)
  new DataView(changed.buffer).setBigUint64(5, size, true)
  return changed
}
