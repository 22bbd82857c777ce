/**
 * The index of the last number that is at or before a position; -1 if there is none.
 * @param starts ascending
 * @param count how many of them to look at
 */
export function lastAtOrBefore(starts: ArrayLike<number>, position: number, count: number = starts.length): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= position) low = middle + 1
    else high = middle
  }
  return low - 1
}
