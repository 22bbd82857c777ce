import { chosenCuts } from '../../analyses/cuts.ts'
import { cutsJson } from '../../present/json/cuts.ts'
import { cutsView } from '../../views/cuts.ts'
import { nounsOf } from '../../views/nouns.ts'
import type { CutsArguments } from '../definitions/cuts.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, namesIn, sizesOf, withStore } from '../open-store.ts'
import { choiceOf } from '../option-values.ts'
import { destinationsOf, printView } from '../print-view.ts'

/** `isoscope cuts IMAGE`: which references the configuration can drop, and what that frees. */
export async function runCuts(options: CutsArguments): Promise<ExitCode> {
  const choice = choiceOf(options)
  const destinations = destinationsOf(options)
  return withStore(options, async (store) => {
    const cuts = chosenCuts(sizesOf(store, options))
    const view = cutsView(cuts, namesIn(store), nounsOf(store.survey.model.kind), choice)
    const json = () => [cutsJson(cuts, { image: store.survey.file, references: store.references })]
    await printView({ ...view, json }, options, destinations)
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
