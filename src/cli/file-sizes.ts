import type { SizedPath } from '../analyses/directory-rows.ts'
import { sizedPaths, unownedPaths } from '../analyses/sized-paths.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Survey } from '../inventory/survey.ts'
import { nounOf } from '../owners/names.ts'
import { UsageError } from './exit-codes.ts'

/**
 * The bytes of all files and directories of an image, those of owners too.
 * @param by the grouping that asks for them
 * @throws {UsageError} if a saved report has owners, whose files it does not tell the sizes of
 */
export function fileSizes(survey: Survey, by: 'directory' | 'file'): Iterable<SizedPath> {
  const { accounts } = survey.attribution
  if (ownerTotals(accounts).size === 0) return unownedPaths(accounts)
  if (survey.parts.saved === undefined) return sizedPaths(survey.open, accounts)
  const [, several] = nounOf(survey.model.kind)
  throw new UsageError(`--by ${by}: a saved report has no sizes of files inside ${several}; give the image`)
}
