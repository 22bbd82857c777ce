import { globDistance } from '../analyses/nearest-name.ts'

/**
 * The known word that the user probably meant, with at most a third of its letters different; undefined if none is
 * near.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const letters = Array.from(word.toLowerCase(), (letter) => (other: string) => other === letter)
  const [best] = known
    .map((candidate) => ({ candidate, distance: globDistance(letters, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return best !== undefined && word.length > 1 && best.distance <= Math.max(1, word.length / 3)
    ? best.candidate
    : undefined
}
