/** Bytes that we watch before and after the output. */
const GUARD = 256
const GUARD_BYTE = 0xa5
/** What a decoder may read and write past an end: MARGIN of parsers/codecs/wasm/instance.ts. */
const MARGIN = 64
/** The input's room grows by this much: INPUT_STEP of parsers/codecs/wasm/block-decoder.ts. */
const INPUT_STEP = 65_536
const guard = new Uint8Array(GUARD).fill(GUARD_BYTE)

/**
 * A decoder in WebAssembly with the interface of the others: without the decoder in TypeScript that decides about what
 * it refuses. It throws an error that is no FormatError for a trap, and for a write outside the output.
 * @param {import('../parsers/codecs/wasm/block-decoder.ts').BlockDecoder} decoder
 * @returns {(input: Uint8Array, output: Uint8Array) => number}
 */
export function wasmOnly(decoder) {
  let inputRoom = 0
  return (input, output) => {
    const limit = output.length
    // With more room than the output needs, there is memory to watch after it.
    decoder.input(input.length, limit + GUARD)
    const own = decoder.input(input.length, limit)
    if (own === undefined) throw new Error('WebAssembly does not run, or the block is too large for it')
    own.set(input)
    while (inputRoom < input.length) inputRoom += INPUT_STEP
    const memory = new Uint8Array(own.buffer)
    const outputStart = own.byteOffset + inputRoom + 2 * MARGIN
    const outputEnd = outputStart + limit
    // The last area overlaps the one before it if the input fills its room.
    const watched = /** @type {const} */ ([
      [own.byteOffset + input.length, own.byteOffset + input.length + MARGIN],
      [outputStart - 2 * MARGIN, outputStart],
      [outputEnd + MARGIN, outputEnd + GUARD],
    ])
    for (const [start, end] of watched) memory.fill(GUARD_BYTE, start, end)
    memory.set(output, outputStart)
    /** @type {Uint8Array | undefined} */
    let bytes
    /** @type {unknown} */
    let refusal
    try {
      bytes = decoder.decompress(own, limit)
    } catch (error) {
      refusal = error
    }
    const isWhole = watched.every(([start, end]) => isGuard(memory.subarray(start, end)))
    if (!isWhole || Buffer.compare(own, input) !== 0) throw new Error('wrote outside the output in its memory')
    // The cause is a trap.
    if (bytes === undefined) throw refusal instanceof Error && refusal.cause !== undefined ? refusal.cause : refusal
    if (bytes.byteOffset !== outputStart) throw new Error('the output is not where we watch')
    output.set(bytes)
    return bytes.length
  }
}

/** @param {Uint8Array} bytes */
function isGuard(bytes) {
  return Buffer.compare(bytes, guard.subarray(0, bytes.length)) === 0
}
