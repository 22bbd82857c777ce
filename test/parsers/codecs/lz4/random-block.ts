/** One sequence of an LZ4 block: literals, then a match unless it is the last. */
export interface Sequence {
  literals: Uint8Array
  offset: number
  matchLength: number
}

/** Writes a block, "LZ4 Block Format"; the match of the last sequence is left out. */
export function encodeBlock(sequences: readonly Sequence[]): Uint8Array {
  const bytes: number[] = []
  const writeMore = (length: number) => {
    for (let rest = length - 15; rest >= 0; rest -= 255) bytes.push(Math.min(rest, 255))
  }
  sequences.forEach(({ literals, offset, matchLength }, index) => {
    const isLast = index === sequences.length - 1
    bytes.push((Math.min(literals.length, 15) << 4) | (isLast ? 0 : Math.min(matchLength - 4, 15)))
    writeMore(literals.length)
    bytes.push(...literals)
    if (isLast) return
    bytes.push(offset & 255, offset >>> 8)
    writeMore(matchLength - 4)
  })
  return Uint8Array.from(bytes)
}

/** What the sequences stand for, byte by byte: the ordinary twin of the decoder. */
export function carryOut(sequences: readonly Sequence[]): Uint8Array {
  const output: number[] = []
  sequences.forEach(({ literals, offset, matchLength }, index) => {
    output.push(...literals)
    if (index === sequences.length - 1) return
    for (let left = matchLength; left > 0; left--) output.push(output[output.length - offset]!)
  })
  return Uint8Array.from(output)
}
