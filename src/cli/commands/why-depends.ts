import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import { whyDepends } from '../../analyses/why-depends.ts'
import { reachableFrom } from '../../graph/reference-graph.ts'
import { fullNameOf, isOwnerKey, keyOfName, nounOf } from '../../owners/names.ts'
import { placesIn } from '../../owners/places-of-references.ts'
import { findRoots, toplevelOf } from '../../owners/roots.ts'
import { withoutSecrets } from '../../platform/remote-file.ts'
import { printable } from '../../present/text/printable.ts'
import { referencesFrom } from '../../present/text/references-from.ts'
import { whyDependsLine } from '../../present/text/why-depends.ts'
import { nounsOf } from '../../views/nouns.ts'
import { choicesOf } from '../choices.ts'
import type { WhyDependsArguments } from '../definitions/why-depends.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { guessText } from '../one-path.ts'
import { noPathNamed, type OpenStore, pathNamed, withStore } from '../open-store.ts'
import { styleOf } from '../option-values.ts'
import { joinLines, note, say, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'

/** `isoscope why-depends IMAGE [FROM] TO`: the output of `nix why-depends`, byte for byte. */
export async function runWhyDepends(options: WhyDependsArguments): Promise<ExitCode> {
  return withStore(options, (store) => printWhyDepends(store, options))
}

async function printWhyDepends(store: OpenStore, options: WhyDependsArguments): Promise<ExitCode> {
  const { name, references } = store
  printProblems(references.warnings, options.verbose)
  const { graph } = references
  const { from: fromPattern, to: toPattern } = options
  const from = fromPattern === undefined ? toplevelIn(store) : pathNamed(store, fromPattern)
  if (from === undefined) {
    const guess = guessText(graph.keys, store.survey.contentNames, fromPattern!)
    throw new UsageError(`${name}: no ${nounOf(store.survey.model.kind)[0]} in it matches '${fromPattern}'${guess}`)
  }
  // Standard output is what Nix prints, and Nix knows all references.
  const isUnannounced = options.references === 'auto' && store.survey.parts.registration?.problem === undefined
  if (isUnannounced && references.origin === 'scan')
    note(referencesFrom('scan', true, nounsOf(store.survey.model.kind)))
  // An unreadable path matters only if the question can reach it.
  const closure = reachableFrom(graph.references, [from])
  const isCertain = references.incomplete.every((path) => closure[path] === 0)
  const to = pathNamed(store, toPattern)
  if (to === undefined || closure[to] === 0) {
    const known = to !== undefined || isOwnerKey(keyOfName(toPattern))
    const named = to === undefined ? withoutSecrets(toPattern) : printable(fullNameOf(references, to))
    process.stderr.write(
      `'${printable(fullNameOf(references, from))}' does not depend on '${named}'${isCertain ? '' : ', as far as it could be read'}\n`,
    )
    if (!known) say(noPathNamed(store, toPattern))
    return isCertain ? EXIT.no : EXIT.failed
  }
  const precise = options.precise === true
  const all = options.all === true
  const failures: FormatError[] = []
  const lines = whyDepends({
    graph,
    from,
    to,
    all,
    ...(precise ? { placesOf: placesIn(store.survey.owners, graph, all, (error) => failures.push(error)) } : {}),
  })
  const style = {
    paths: (path: number) => fullNameOf(references, path),
    precise,
    color: styleOf(options.color, true).color,
    // Like Nix, we write names from the image as they are, but not to a terminal.
    safe: process.stdout.isTTY
      ? (bytes: ByteString) => byteStringOfText(printable(bytes))
      : (bytes: ByteString) => bytes,
  }
  const bytes = function* (): Generator<Uint8Array> {
    for (const piece of joinLines(lines, (line) => whyDependsLine(line, style))) yield Buffer.from(piece, 'latin1')
  }
  await writeOut(bytes())
  for (const { message } of failures) say(message)
  return isCertain && failures.length === 0 ? EXIT.ok : EXIT.failed
}

/** The system of the image, which needs everything else. */
function toplevelIn({ name, survey, references }: OpenStore): number {
  const roots = findRoots(survey.boots, references.graph)
  const toplevel = toplevelOf(roots)
  if (toplevel !== undefined) return toplevel
  const systems = roots.filter(({ reason }) => reason === 'nixos-system')
  throw new UsageError(
    `${name}: it has ${systems.length > 0 ? 'several systems' : 'no system'} to begin at; give one of its roots: why-depends IMAGE FROM TO`,
    choicesOf((systems.length > 0 ? systems : roots).map(({ node }) => fullNameOf(references, node))),
  )
}
