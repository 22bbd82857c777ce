import { bytesBeside } from '../../analyses/graph-sizes.ts'
import { without } from '../../analyses/without.ts'
import { withoutJson } from '../../present/json/without.ts'
import { nounsOf } from '../../views/nouns.ts'
import { withoutView } from '../../views/without.ts'
import type { WithoutArguments } from '../definitions/without.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, namesIn, sizesOf, withStore } from '../open-store.ts'
import { choiceOf } from '../option-values.ts'
import { say } from '../output.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { removalNamed } from '../removal.ts'

/** `isoscope without IMAGE NAME...`: what goes, and what stays, without store paths or references. */
export async function runWithout(options: WithoutArguments): Promise<ExitCode> {
  const choice = choiceOf(options)
  const destinations = destinationsOf(options)
  return withStore(options, async (store) => {
    const { removal, missing } = removalNamed(store, options.removed)
    const sizes = sizesOf(store, options)
    for (const what of missing) say(what)
    // An answer to another question would mislead.
    if (missing.length > 0) return isWholeStore(store) ? EXIT.no : EXIT.failed
    const answer = without(sizes, removal)
    const before = store.survey.file.size
    const { own } = sizes
    const beside = answer.gone.reduce((sum, { node }) => sum + bytesBeside(sizes, node), 0)
    const view = withoutView(
      answer,
      { nameOf: namesIn(store), before, own, beside, nouns: nounsOf(store.survey.model.kind) },
      choice,
    )
    const json = () => [withoutJson(answer, { image: store.survey.file, own, references: store.references })]
    await printView({ ...view, json }, options, destinations)
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
