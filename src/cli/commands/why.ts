import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { why } from '../../analyses/why.ts'
import { closureSizes } from '../../graph/closure-sizes.ts'
import { neighbours, numberOfKey, type Reference, type ReferenceGraph } from '../../graph/reference-graph.ts'
import { evidenceOf } from '../../inventory/evidence.ts'
import { fullNameOf, nounOf } from '../../owners/names.ts'
import { whyJson } from '../../present/json/why.ts'
import { printable } from '../../present/text/printable.ts'
import type { ReferenceScan } from '../../scan/scan-references.ts'
import type { Choice } from '../../views/choice.ts'
import { nounsOf } from '../../views/nouns.ts'
import { whyView } from '../../views/why.ts'
import type { WhyArguments } from '../definitions/why.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { guessText } from '../one-path.ts'
import { isWholeStore, namesIn, type OpenStore, pathNamed, sizesOf, withStore } from '../open-store.ts'
import { choiceOf } from '../option-values.ts'
import { PAGE_FORMATS } from '../options.ts'
import { say } from '../output.ts'
import { nothingNamed, pathsOrFileNamed } from '../path-with-file.ts'
import { type Destinations, destinationsOf, formatsOf, printView } from '../print-view.ts'

/** `isoscope why IMAGE NAME...`: why store paths are there, and which references to cut. */
export async function runWhy(options: WhyArguments): Promise<ExitCode> {
  const choice = choiceOf(options)
  const destinations = destinationsOf(options, PAGE_FORMATS)
  return withStore(options, (store) => printWhy(store, options, choice, destinations))
}

async function printWhy(
  store: OpenStore,
  options: WhyArguments,
  choice: Choice,
  destinations: Destinations,
): Promise<ExitCode> {
  const isJson = formatsOf(destinations).includes('json')
  const { survey, references } = store
  const { graph } = references
  const from = options.to === undefined ? undefined : pathNamed(store, options.to)
  if (options.to !== undefined && from === undefined) {
    const guess = guessText(graph.keys, survey.contentNames, options.to)
    throw new UsageError(`${store.name}: --to: no ${nounOf(survey.model.kind)[0]} matches '${options.to}'${guess}`)
  }
  const named: (readonly number[])[] = []
  for (const name of options.names) named.push(await pathsOrFileNamed(store, name))
  const found = [...new Set(named.flat())]
  const sizes = sizesOf(store, options)
  const unknown = options.names.filter((_, index) => named[index]!.length === 0)
  for (const name of unknown) say(await nothingNamed(store, name))
  const closure = closureSizes(graph, sizes.own)
  const answers = found.map((path) => why(sizes, path, { from, all: options.all === true }))
  const full = (path: number): string => printable(fullNameOf(references, path))
  const unled = answers.filter(({ routes }) => from !== undefined && routes.length === 0)
  for (const { path } of unled) say(`${full(from!)} does not lead to ${full(path)}`)

  const hidden = await survey.hidden(references)
  // Only a scan finds mentions that are not registered.
  const withScan =
    isJson && options.references !== 'registration' && survey.parts.saved === undefined && found.length > 0
  const scan = withScan ? await survey.scan() : undefined
  const unregistered =
    scan === undefined || references.origin === 'scan' ? undefined : unregisteredMentions(graph, found, scan)
  const shown: Reference[] = answers.flatMap(({ path, routes, referring }) => [
    ...routes.flatMap((line) => (line.from === undefined ? [] : [{ from: line.from, to: line.path }])),
    ...(isJson ? [...referring, ...(unregistered?.get(path) ?? []).map((other) => ({ from: other, to: path }))] : []),
  ])
  const keysOf = ({ from: referrer, to }: Reference) => ({ from: graph.keys[referrer]!, to: graph.keys[to]! })
  const evidence = evidenceOf(survey, shown.map(keysOf), options.excerpts === true)
  // Anything that was not scanned may mention a path.
  const failures = unregistered === undefined ? evidence.failures : scan!.failures.map(({ error }) => error)
  const json = (): string[] => {
    const mentions = hidden?.mentions
    const told = {
      ...{ image: survey.file, sizes, closure, references, evidence },
      ...{ unregistered: unregistered ?? null, hidden: mentions, contentNames: survey.contentNames },
    }
    return [whyJson(answers, told)]
  }
  const { origin, incomplete } = references
  const all = options.all === true
  const context = {
    ...sizes,
    evidence,
    origin,
    complete: incomplete.length === 0,
    closure,
    nameOf: namesIn(store),
    nouns: nounsOf(survey.model.kind),
    hasExcerpts: options.excerpts === true,
    hidden: hidden?.mentions ?? [],
    all,
    choice: all ? { ...choice, top: 0 } : choice,
  }
  const start = found.length === 0 ? undefined : { owner: found[0]! }
  const page = async () => (await import('../html-documents.ts')).imagePage(survey, options, start)
  await printView({ ...whyView(answers, context), json, page, isLong: all }, options, destinations)
  for (const { message } of [...failures, ...(hidden?.warnings ?? [])]) say(message)
  const isCertain = isWholeStore(store) && failures.length === 0 && (hidden?.warnings.length ?? 0) === 0
  if (!isCertain) return EXIT.failed
  return unknown.length > 0 || unled.length > 0 ? EXIT.no : EXIT.ok
}

/** For each path, the paths that mention it without a registered reference. */
function unregisteredMentions(
  graph: ReferenceGraph,
  paths: readonly number[],
  { mentions }: ReferenceScan,
): ReadonlyMap<number, readonly number[]> {
  const mentioning = new Map(paths.map((path) => [graph.keys[path]!, new Set<ByteString>()]))
  for (const { from, to } of mentions) mentioning.get(to)?.add(from)
  return new Map(
    paths.map((path) => {
      const known = new Set(neighbours(graph.referrers, path))
      const numbers = Array.from(mentioning.get(graph.keys[path]!)!, (key) => numberOfKey(graph, key))
      return [path, numbers.filter((other) => other !== path && !known.has(other)).sort((a, b) => a - b)]
    }),
  )
}
