/** One call of a decoder: its input and output, and how far it has come. */
export interface Progress {
  /** All of the input, or, for a stream, the part that the decoder is reading. */
  input: Uint8Array
  inputView: DataView
  /**
   * The offset of `input` in all of the input. Errors count from `input`; the code that moves `input` adds this offset.
   */
  inputStart: number
  inputPosition: number
  output: Uint8Array
  outputView: DataView
  /** The decoder has written everything before it. */
  outputPosition: number
}

/** Starts to decompress all of `input` into the front of `output`. */
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
