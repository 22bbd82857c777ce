import type { ReferencesOrigin } from '../../owners/references.ts'
import type { Nouns } from '../../views/nouns.ts'
import { referencesFrom as wordsFor } from '../../views/references.ts'
import { plainWords } from './cell.ts'

/** Where we know the references of an answer from, for a line of it. */
export function referencesFrom(origin: ReferencesOrigin, complete: boolean, nouns: Nouns): string {
  return plainWords(wordsFor(origin, complete, nouns))
}
