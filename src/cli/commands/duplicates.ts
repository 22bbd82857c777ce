import { duplicates } from '../../analyses/duplicates.ts'
import { duplicatesJson } from '../../present/json/duplicates.ts'
import { duplicatesView } from '../../views/duplicates.ts'
import { nounsOf } from '../../views/nouns.ts'
import { ownerNames } from '../../views/owner-names.ts'
import type { DuplicatesArguments } from '../definitions/duplicates.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { choiceOf } from '../option-values.ts'
import { printProblems } from '../print-problems.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { refuseDeep } from '../saved-report.ts'
import { noteMost } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope duplicates IMAGE`: what is in it several times, and what one of each would save. */
export async function runDuplicates({ deep = false, ...options }: DuplicatesArguments): Promise<ExitCode> {
  const choice = choiceOf(options)
  const destinations = destinationsOf(options)
  return withOpen(openSurvey(options), async ({ survey }) => {
    if (deep && survey.parts.saved !== undefined) refuseDeep(options.image)
    if (survey.parts.saved === undefined) noteMost(options.image, 'comparing contents', survey.open.file.size)
    const inventory = await inventoryWith(survey, options, { inside: true })
    const contents = survey.sameContents(deep)
    const found = duplicates(inventory, contents)
    const { attribution, inside, twice, references, kind } = inventory
    const view = duplicatesView(found, {
      accounts: attribution.accounts,
      nameOf: ownerNames(survey.keys, inventory.directory, inventory.contentNames),
      references: references && {
        origin: references.origin,
        complete: references.incomplete.length === 0,
        nouns: nounsOf(kind),
      },
      hasOwners: survey.keys.length > 0,
      choice,
    })
    await printView({ ...view, json: () => [duplicatesJson(found, inventory)] }, options, destinations)
    const problems = [
      ...attribution.warnings,
      ...(inside?.warnings ?? []),
      ...(twice?.warnings ?? []),
      ...(contents?.warnings ?? []),
      ...(references?.warnings ?? []),
    ]
    // The same damage may be met by several searches.
    printProblems([...new Map(problems.map((problem) => [problem.message, problem])).values()], options.verbose)
    const isWhole =
      attribution.complete &&
      inside?.complete !== false &&
      (references?.incomplete.length ?? 0) === 0 &&
      (contents?.warnings.length ?? 0) === 0
    return isWhole ? EXIT.ok : EXIT.failed
  })
}
