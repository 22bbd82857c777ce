/** Whether two arrays have the same bytes. Four at once take a quarter of the time. */
export function areEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let index = 0
  if (a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0) {
    const count = Math.floor(a.length / 4)
    const [words, others] = [
      new Int32Array(a.buffer, a.byteOffset, count),
      new Int32Array(b.buffer, b.byteOffset, count),
    ]
    for (let word = 0; word < count; word += 1) if (words[word] !== others[word]) return false
    index = count * 4
  }
  for (; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}
