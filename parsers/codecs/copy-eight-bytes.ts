/**
 * Copies eight bytes from `source` at `from` to `target` at `to`. Both ranges must lie inside, and must not overlap.
 *
 * It moves one number of 64 bits: with two of 32, lz4 takes a third longer; with 64-bit integers (BigInt), ten times as
 * long on Node 20. Every number except NaN keeps its bits on the way through a Float64, even minus zero and subnormals.
 * An engine may write a NaN as any NaN (ECMA-262 25.1.3, RawBytesToNumeric and NumericToRawBytes). So we copy eight
 * bytes that read as NaN in two parts. `<=` is false for NaN only; `Number.isNaN` makes one more jump (lz4 10 %
 * slower).
 *
 * Loops call it by a local name, because V8 looks up an imported name at every call (zstd 3 % slower).
 */
export function copyEightBytes(target: DataView, to: number, source: DataView, from: number): void {
  const bytes = source.getFloat64(from, true)
  if (bytes <= Number.POSITIVE_INFINITY) {
    target.setFloat64(to, bytes, true)
  } else {
    target.setInt32(to, source.getInt32(from, true), true)
    target.setInt32(to + 4, source.getInt32(from + 4, true), true)
  }
}

// V8 compiles a loop for the values that it has met. If it has never met a NaN, it drops the code at the first one and
// compiles it again. For zstd's loop this takes tens of milliseconds on another thread.
const nan = new DataView(Float64Array.of(Number.NaN).buffer)
const copy = new DataView(new ArrayBuffer(8))
for (let time = 0; time < 100; time++) copyEightBytes(copy, 0, nan, 0)
