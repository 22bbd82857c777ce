import type { SizedPath } from '../analyses/directory-rows.ts'
import type { Grouping } from '../analyses/grouping.ts'
import { sizedPaths, unownedPaths } from '../analyses/sized-paths.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Survey } from '../inventory/survey.ts'
import { nounOf } from '../owners/names.ts'
import { UsageError } from './exit-codes.ts'

/**
 * Refuses a grouping that an image cannot have: one by owners where there are none, one by files where they are not told.
 * @param by undefined for the usual one, which every image has
 * @throws {UsageError}
 */
export function requireGrouping(by: Grouping | undefined, survey: Survey): void {
  const { attribution, file, model, parts } = survey
  const hasOwners = ownerTotals(attribution.accounts).size > 0
  if ((by === 'path' || by === 'package') && !hasOwners) {
    throw new UsageError(`${file.name}: --by ${by}: it has no packages and no store paths`)
  }
  if ((by === 'directory' || by === 'file') && hasOwners && parts.saved !== undefined) {
    throw new UsageError(
      `--by ${by}: a saved report has no sizes of files inside ${nounOf(model.kind)[1]}; give the image`,
    )
  }
}

/**
 * The bytes of all files and directories of an image, those of owners too.
 * @param by the grouping that asks for them
 * @throws {UsageError} if a saved report does not tell them
 */
export function fileSizes(by: 'directory' | 'file', survey: Survey): Iterable<SizedPath> {
  requireGrouping(by, survey)
  const { accounts } = survey.attribution
  return ownerTotals(accounts).size === 0 ? unownedPaths(accounts) : sizedPaths(survey.open, accounts)
}
