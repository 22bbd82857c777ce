import type { Root } from '../../owners/roots.ts'
import { rootReason as wordsFor } from '../../views/references.ts'
import { plainWords } from './cell.ts'

/** Why a store path is a root, in a few words. */
export function rootReason(root: Pick<Root, 'reason' | 'files'>): string {
  return plainWords(wordsFor(root))
}
