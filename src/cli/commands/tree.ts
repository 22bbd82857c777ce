import { dominatorRows } from '../../analyses/tree.ts'
import { treeJson } from '../../present/json/tree.ts'
import { treeText } from '../../present/text/tree.ts'
import type { TreeArguments } from '../definitions/tree.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, labelsOf, sizesOf, withStore } from '../open-store.ts'
import { countOf, sizeOf, styleOf, unitOf } from '../option-values.ts'
import { writeOut } from '../output.ts'

/** `isoscope tree IMAGE`: which store path holds which, and what would go away with it. */
export async function runTree(options: TreeArguments): Promise<ExitCode> {
  const depth = countOf('d', options.depth)
  const top = countOf('n', options.top)
  return withStore(options, async (store) => {
    const { references } = store
    const sizes = sizesOf(store, options)
    if (options.json === true) await writeOut([treeJson(sizes, references)])
    else {
      const rows = dominatorRows(sizes, {
        depth,
        top: top === 0 ? Number.POSITIVE_INFINITY : top,
        min: sizeOf('min', options.min),
      })
      const names = labelsOf(store, options)
      const { origin, incomplete } = references
      const complete = incomplete.length === 0
      await writeOut([
        treeText(rows, { style: styleOf(options.color, false), unit: unitOf(options), names, origin, complete }),
      ])
    }
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
