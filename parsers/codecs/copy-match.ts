/** The most bytes that a copy of eight bytes at a time reads and writes after what it copies. */
const OVERRUN = 8
/** From this length on a built-in copy is worth its call. */
const LONG_COPY = 256

/**
 * Copies a match: `length` bytes to `position`, from `distance` bytes before it. A match that is longer than its
 * distance repeats its first bytes. The caller knows that both ends lie inside `output`, of which `view` is a view.
 */
export function copyMatch(
  output: Uint8Array,
  view: DataView,
  position: number,
  distance: number,
  length: number,
): void {
  let from = position - distance
  const end = position + length
  if (length < LONG_COPY && distance >= 8 && end + OVERRUN <= output.length) copyEights(view, position, view, from, end)
  else if (length >= LONG_COPY && distance >= length) output.copyWithin(position, from, from + length)
  else for (let to = position; to < end; to++) output[to] = output[from++]!
}

/** Copies bytes of a source to [position, end) of `output`, of which `view` is a view. The caller knows its ends. */
export function copyBytes(
  output: Uint8Array,
  view: DataView,
  position: number,
  end: number,
  source: DataView,
  sourcePosition: number,
): void {
  let from = sourcePosition
  const sourceEnd = sourcePosition + end - position
  if (end + OVERRUN <= output.length && sourceEnd + OVERRUN <= source.byteLength) {
    copyEights(view, position, source, from, end)
  } else for (let to = position; to < end; to++) output[to] = source.getUint8(from++)
}

/**
 * Copies to [position, end) and up to seven bytes more, which the caller writes later. Most copies are short. A loop
 * that mostly ends after its first turn is faster than one that goes byte by byte.
 */
function copyEights(view: DataView, position: number, source: DataView, sourcePosition: number, end: number): void {
  let from = sourcePosition
  for (let to = position; to < end; to += 8) {
    view.setInt32(to, source.getInt32(from, true), true)
    view.setInt32(to + 4, source.getInt32(from + 4, true), true)
    from += 8
  }
}
