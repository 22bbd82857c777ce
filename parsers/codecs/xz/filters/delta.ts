/**
 * Undoes the Delta filter (xz 1.2: 5.3.3) in `bytes[start, end)`: each byte was replaced by its difference to the one
 * `distance` bytes before it, the first ones by their difference to 0.
 */
export function decodeDelta(bytes: Uint8Array, start: number, end: number, distance: number): void {
  // position - distance is at least start.
  for (let position = start + distance; position < end; position++) bytes[position]! += bytes[position - distance]!
}
