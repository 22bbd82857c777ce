/** The encoder's choices for a whole stream: lc, lp and pb (.lzma file format 1.1.1). */
export interface LzmaProperties {
  /** lc, 0 to 8: the number of high bits of the previous byte that select the probabilities of a literal. */
  readonly literalContextBits: number
  /** lp, 0 to 4: the number of low bits of the position that select them too. */
  readonly literalPositionBits: number
  /** pb, 0 to 4: the number of low bits of the position that select the probabilities of matches. */
  readonly positionBits: number
}

/** Decodes the Properties byte, (pb * 5 + lp) * 9 + lc; undefined above 224. */
export function lzmaProperties(byte: number): LzmaProperties | undefined {
  if (byte > (4 * 5 + 4) * 9 + 8) return undefined
  const positions = Math.floor(byte / 9)
  return {
    literalContextBits: byte % 9,
    literalPositionBits: positions % 5,
    positionBits: Math.floor(positions / 5),
  }
}
