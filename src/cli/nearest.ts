import { globDistance } from '../analyses/nearest-name.ts'

/** The word that another one was probably meant to be; undefined when none is near: a third of its letters may differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const letters = Array.from(word.toLowerCase(), (letter) => (other: string) => other === letter)
  const [best] = known
    .map((candidate) => ({ candidate, distance: globDistance(letters, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  return best !== undefined && word.length > 1 && best.distance <= Math.max(1, word.length / 3)
    ? best.candidate
    : undefined
}
