import { chosenCuts } from '../../analyses/cuts.ts'
import { cutsJson } from '../../present/json/cuts.ts'
import { cutsText } from '../../present/text/cuts.ts'
import type { CutsArguments } from '../definitions/cuts.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, labelsOf, sizesOf, withStore } from '../open-store.ts'
import { countOf, styleOf, unitOf } from '../option-values.ts'
import { writeOut } from '../output.ts'

/** `isoscope cuts IMAGE`: which references the configuration can drop, and what that frees. */
export async function runCuts(options: CutsArguments): Promise<ExitCode> {
  const top = countOf('n', options.top)
  return withStore(options, async (store) => {
    const cuts = chosenCuts(sizesOf(store, options))
    const text =
      options.json === true
        ? cutsJson(cuts, { image: store.name, references: store.references })
        : cutsText(cuts, {
            style: styleOf(options.color, false),
            unit: unitOf(options),
            names: labelsOf(store, options),
            top: top === 0 ? Number.POSITIVE_INFINITY : top,
          })
    await writeOut([text])
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
