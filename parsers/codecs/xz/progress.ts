/** One call of the decoder: what it reads and writes, and how far it has come. */
export interface Progress {
  readonly input: Uint8Array
  inputPosition: number
  readonly output: Uint8Array
  /** Everything before it is written. */
  outputPosition: number
}
