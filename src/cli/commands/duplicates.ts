import { duplicates } from '../../analyses/duplicates.ts'
import { fullName, nounOf } from '../../owners/names.ts'
import { duplicatesJson } from '../../present/json/duplicates.ts'
import { duplicatesText } from '../../present/text/duplicates.ts'
import { ownerLabels } from '../../present/text/owner-labels.ts'
import { printable } from '../../present/text/printable.ts'
import { duplicatesView } from '../../views/duplicates.ts'
import { ownerNames } from '../../views/owner-names.ts'
import type { DuplicatesArguments } from '../definitions/duplicates.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { countOf } from '../option-values.ts'
import { printProblems } from '../print-problems.ts'
import { type Drawing, destinationsOf, printView } from '../print-view.ts'
import { refuseDeep } from '../saved-report.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope duplicates IMAGE`: what is in it several times, and what one of each would save. */
export async function runDuplicates({ deep = false, ...options }: DuplicatesArguments): Promise<ExitCode> {
  const top = countOf('n', options.top)
  const destinations = destinationsOf(options)
  return withOpen(openSurvey(options), async ({ survey }) => {
    if (deep && survey.parts.saved !== undefined) refuseDeep(options.image)
    const inventory = await inventoryWith(survey, options, { inside: true })
    const contents = survey.sameContents(deep)
    const found = duplicates(inventory, contents)
    const { accounts } = inventory.attribution
    const nameOf = ownerNames(survey.keys, inventory.directory, inventory.contentNames)
    const text = ({ style, unit }: Drawing): string[] => {
      const { references, contentNames, kind, directory } = inventory
      const labelOf = ownerLabels(survey.keys, contentNames)
      const whole = duplicatesText(found, {
        style,
        unit,
        top,
        nameOf,
        labelOf: options.fullPaths === true ? (key) => printable(fullName(directory, key)) : labelOf,
        accounts,
        references: references && { origin: references.origin, complete: references.incomplete.length === 0 },
        noun: nounOf(kind)[1],
        hasOwners: survey.keys.length > 0,
      })
      return [whole]
    }
    const json = () => [duplicatesJson(found, inventory)]
    await printView({ ...duplicatesView(found, { accounts, nameOf, top }), json, own: { text } }, options, destinations)
    const { attribution, inside, twice, references } = inventory
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
