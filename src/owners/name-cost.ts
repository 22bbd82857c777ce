/**
 * What each name in a database takes of the limit `packages` besides its bytes, because in memory it takes far more than in a
 * file: "a,a,a" is three names. In bytes.
 */
const NAME = 16

/** 1 for what stands between names: the end of a line, a space, a comma, and a bar between alternatives. */
const isBetween = new Uint8Array(256)
for (const character of '\n ,|') isBetween[character.charCodeAt(0)] = 1

/** What some names take of the limit. */
export function costOfNames(count: number): number {
  return count * NAME
}

/** What the names in a text of a database take of the limit. */
export function costOfText(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) count += isBetween[byte]!
  return costOfNames(count)
}
