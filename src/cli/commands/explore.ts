import { diff } from '../../analyses/diff.ts'
import { type Exploration, exploration } from '../../analyses/exploration.ts'
import type { Removal } from '../../analyses/without.ts'
import { fullName } from '../../owners/names.ts'
import { type Explorer, startExplorer } from '../../present/terminal/explorer.ts'
import { press } from '../../present/terminal/press.ts'
import { draw, pageOf } from '../../present/terminal/screen.ts'
import { printable } from '../../present/text/printable.ts'
import type { ExploreArguments } from '../definitions/explore.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { requireGrouping } from '../groupings.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { styleOf, unitOf } from '../option-values.ts'
import { writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { endProgress } from '../progress.ts'
import { requireTerminal, runOnScreen } from '../terminal.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope explore [OLD] IMAGE`: a walk through an image in the terminal. */
export async function runExplore(options: ExploreArguments): Promise<ExitCode> {
  requireTerminal('explore')
  const { old } = options
  const isCompared = old !== undefined
  return withOpen(openSurvey(options), async ({ survey }) => {
    const inventory = await inventoryWith(survey, options, { files: isCompared, outside: isCompared })
    const before = old === undefined ? undefined : await inventoryOfOld(old, options)
    requireGrouping(options.by, survey)
    const found = exploration(inventory, survey, before === undefined ? undefined : diff(before, inventory, 'path'))
    const last = await explored(found, options)
    const command = commandOf(found, last.whatIf.removal, options.image)
    if (command !== undefined) await writeOut([`${command}\n`])
    const { attribution, references } = inventory
    printProblems([...attribution.warnings, ...(references?.warnings ?? [])], options.verbose)
    return found.isWhole ? EXIT.ok : EXIT.failed
  })
}

function inventoryOfOld(image: string, options: ExploreArguments): ReturnType<typeof inventoryWith> {
  return withOpen(openSurvey({ ...options, image }), ({ survey }) =>
    inventoryWith(survey, options, { files: true, outside: true }),
  )
}

function explored(found: Exploration, options: ExploreArguments): Promise<Explorer> {
  const { color, unicode } = styleOf(options.color, false)
  endProgress()
  return runOnScreen<Explorer>({
    start: startExplorer(found, unitOf(options), options.by),
    draw: (state, size) => draw(state, size, { color, unicode }),
    press: (state, key, size) => press(state, key, pageOf(size)),
    isDone: ({ isDone }) => isDone,
  })
}

/** The command that answers for what the user removed; undefined if nothing is removed. */
function commandOf(
  { inventory, sizes }: Exploration,
  { owners, references }: Removal,
  image: string,
): string | undefined {
  const nameOf = (node: number): string => printable(fullName(inventory.directory, sizes.graph.keys[node]!))
  const words = [...owners.map(nameOf), ...references.map(({ from, to }) => `${nameOf(from)} -> ${nameOf(to)}`)]
  return words.length === 0 ? undefined : ['isoscope without', ...[image, ...words].map(quoted)].join(' ')
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./+:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
