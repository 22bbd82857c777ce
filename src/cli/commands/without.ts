import { without } from '../../analyses/without.ts'
import { withoutJson } from '../../present/json/without.ts'
import { withoutText } from '../../present/text/without.ts'
import type { WithoutArguments } from '../definitions/without.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, labelsOf, sizesOf, withStore } from '../open-store.ts'
import { countOf, styleOf, unitOf } from '../option-values.ts'
import { say, writeOut } from '../output.ts'
import { removalNamed } from '../removal.ts'

/** `isoscope without IMAGE NAME...`: what goes, and what stays, without store paths or references. */
export async function runWithout(options: WithoutArguments): Promise<ExitCode> {
  const top = countOf('n', options.top)
  return withStore(options, async (store) => {
    const { removal, missing } = removalNamed(store, options.removed)
    const sizes = sizesOf(store, options)
    for (const what of missing) say(what)
    // An answer to another question would mislead.
    if (missing.length > 0) return isWholeStore(store) ? EXIT.no : EXIT.failed
    const answer = without(sizes, removal)
    const before = store.survey.summary.size
    const text =
      options.json === true
        ? withoutJson(answer, { image: store.name, before, own: sizes.own, references: store.references })
        : withoutText(answer, {
            style: styleOf(options.color, false),
            unit: unitOf(options),
            names: labelsOf(store, options),
            top: top === 0 ? Number.POSITIVE_INFINITY : top,
            before,
            own: sizes.own,
          })
    await writeOut([text])
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
