/** One call of a decoder: what it reads and writes, and how far it has come. */
export interface Progress {
  /** All of the input, or of a stream the part that is being read. */
  input: Uint8Array
  inputView: DataView
  /** Where in all of the input `input` begins; offsets in errors count from `input`, and whoever moves it adds this. */
  inputStart: number
  inputPosition: number
  output: Uint8Array
  outputView: DataView
  /** Everything before it is written. */
  outputPosition: number
}

/** All of `input` into the front of `output`. */
export function startProgress(input: Uint8Array, output: Uint8Array): Progress {
  return {
    input,
    inputView: new DataView(input.buffer, input.byteOffset, input.byteLength),
    inputStart: 0,
    inputPosition: 0,
    output,
    outputView: new DataView(output.buffer, output.byteOffset, output.byteLength),
    outputPosition: 0,
  }
}
