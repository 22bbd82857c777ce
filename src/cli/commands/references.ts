import { referenceRows } from '../../analyses/references.ts'
import { fullNameOf } from '../../owners/names.ts'
import { referringJson } from '../../present/json/referring.ts'
import { printable } from '../../present/text/printable.ts'
import { nounsOf } from '../../views/nouns.ts'
import { referringView } from '../../views/referring.ts'
import type { ReferencesArguments } from '../definitions/references.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, namesIn, noPathNamed, type OpenStore, sizesOf, withStore } from '../open-store.ts'
import { choiceOf } from '../option-values.ts'
import { note, say } from '../output.ts'
import { pathsOrFileNamed } from '../path-with-file.ts'
import { type Destinations, destinationsOf, formatsOf, printView } from '../print-view.ts'

type Side = 'references' | 'referrers'

/**
 * `isoscope refs IMAGE NAME` and `isoscope referrers IMAGE NAME`: the direct references and referrers of a store path.
 */
export async function runReferences(side: Side, options: ReferencesArguments): Promise<ExitCode> {
  const destinations = destinationsOf(options)
  return withStore(options, (store) => printReferences(store, side, options, destinations))
}

async function printReferences(
  store: OpenStore,
  side: Side,
  options: ReferencesArguments,
  destinations: Destinations,
): Promise<ExitCode> {
  const { survey, references } = store
  const choice = choiceOf(options)
  const paths = await pathsOrFileNamed(store, options.path)
  const sizes = sizesOf(store, options)
  if (paths.length === 0) {
    say(noPathNamed(store, options.path))
    return isWholeStore(store) ? EXIT.no : EXIT.failed
  }
  const nouns = nounsOf(store.survey.model.kind)
  // Any path that we could not read completely may refer to one of these.
  const isCertainOf = (path: number): boolean =>
    side === 'references' ? !references.incomplete.includes(path) : references.incomplete.length === 0
  const complete = paths.every(isCertainOf)
  const found = paths.map((path) => ({ path, rows: referenceRows(sizes, path, side) }))
  if (formatsOf(destinations).some((format) => format === 'text' || format === 'md')) {
    const sentence =
      side === 'references' ? `refers to no other ${nouns.owner[0]}` : `is referred to by no other ${nouns.owner[0]}`
    for (const { path } of found.filter(({ rows }) => rows.length === 0)) {
      const name = printable(fullNameOf(references, path))
      note(`${name} ${sentence}${isCertainOf(path) ? '' : ', as far as it could be read'}`)
    }
  }
  const view = referringView(
    found,
    { side, nameOf: namesIn(store), origin: references.origin, complete, nouns },
    choice,
  )
  const json = () => [referringJson(found, side, survey.file, references)]
  await printView({ ...view, json }, options, destinations)
  return survey.attribution.complete && complete ? EXIT.ok : EXIT.failed
}
