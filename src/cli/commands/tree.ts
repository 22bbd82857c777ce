import { dominatorRows } from '../../analyses/tree.ts'
import { treeJson } from '../../present/json/tree.ts'
import { nounsOf } from '../../views/nouns.ts'
import { treeOrder, treeView } from '../../views/tree.ts'
import type { TreeArguments } from '../definitions/tree.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { isWholeStore, namesIn, printStoreProblems, sizesOf, withStore } from '../open-store.ts'
import { choiceOf, countOf } from '../option-values.ts'
import { say } from '../output.ts'
import { nothingNamed, pathsOrFileNamed } from '../path-with-file.ts'
import { destinationsOf, printView } from '../print-view.ts'

/** `isoscope tree IMAGE [NAME]`: which store path holds which, and what would go away with it. */
export async function runTree(options: TreeArguments): Promise<ExitCode> {
  const depth = countOf('d', options.depth)
  const { top, sort, min } = choiceOf(options)
  const destinations = destinationsOf(options)
  if (options.name !== undefined && options.root !== undefined) {
    throw new UsageError('the name of a store path and --root mean the same; give one of them')
  }
  return withStore(options, async (store) => {
    const { survey, references } = store
    const named = options.name === undefined ? undefined : await pathsOrFileNamed(store, options.name)
    if (named?.length === 0) {
      printStoreProblems(store, options)
      say(await nothingNamed(store, options.name!))
      return isWholeStore(store) ? EXIT.no : EXIT.failed
    }
    const sizes = sizesOf(store, options, named)
    const nameOf = namesIn(store)
    const most = top === 0 ? Number.POSITIVE_INFINITY : top
    const rows = dominatorRows(sizes, { depth, top: most, min, inOrder: treeOrder(sizes, nameOf, sort) })
    const { origin, incomplete } = references
    const isGiven = named !== undefined || options.root !== undefined
    const view = treeView(rows, {
      nameOf,
      origin,
      complete: incomplete.length === 0,
      isGiven,
      nouns: nounsOf(survey.model.kind),
    })
    const json = () => [treeJson(sizes, references, survey.contentNames)]
    await printView({ ...view, json, isLong: true }, options, destinations)
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
