/** The word that another one was probably meant to be; undefined when none is near: a third of its letters may differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return best !== undefined && word.length > 1 && best.distance <= Math.max(1, word.length / 3)
    ? best.candidate
    : undefined
}

/** Letters to insert, remove, replace or swap with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  let above: readonly number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j += 1) {
      const swapped =
        i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j] ? above[j - 1]! + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1), swapped))
    }
    above = row
    row = next
  }
  return row[b.length]!
}
