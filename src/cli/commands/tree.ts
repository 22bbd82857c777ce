import { dominatorRows } from '../../analyses/tree.ts'
import { treeJson } from '../../present/json/tree.ts'
import { treeText } from '../../present/text/tree.ts'
import type { TreeArguments } from '../definitions/tree.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { isWholeStore, labelsOf, noPathNamed, printStoreProblems, sizesOf, withStore } from '../open-store.ts'
import { countOf, sizeOf, styleOf, unitOf } from '../option-values.ts'
import { say, writeOut } from '../output.ts'
import { pathsOrFileNamed } from '../path-with-file.ts'

/** `isoscope tree IMAGE [NAME]`: which store path holds which, and what would go away with it. */
export async function runTree(options: TreeArguments): Promise<ExitCode> {
  const depth = countOf('d', options.depth)
  const top = countOf('n', options.top)
  const min = sizeOf('min', options.min)
  if (options.name !== undefined && options.root !== undefined) {
    throw new UsageError('the name of a store path and --root mean the same; give one of them')
  }
  return withStore(options, async (store) => {
    const { survey, references } = store
    const named = options.name === undefined ? undefined : await pathsOrFileNamed(store, options.name)
    if (named?.length === 0) {
      printStoreProblems(store, options)
      say(noPathNamed(store, options.name!))
      return isWholeStore(store) ? EXIT.no : EXIT.failed
    }
    const sizes = sizesOf(store, options, named)
    if (options.json === true) await writeOut([treeJson(sizes, references, survey.contentNames)])
    else {
      const rows = dominatorRows(sizes, { depth, top: top === 0 ? Number.POSITIVE_INFINITY : top, min })
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
