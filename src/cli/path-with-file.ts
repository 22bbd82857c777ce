import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { numberOfKey } from '../graph/reference-graph.ts'
import { fullName, nameOf, nounOf } from '../owners/names.ts'
import { printable } from '../present/text/printable.ts'
import { choicesOf } from './choices.ts'
import { UsageError } from './exit-codes.ts'
import { noPathNamed, type OpenStore, pathsNamed } from './open-store.ts'
import { note } from './output.ts'

/**
 * The store paths that a pattern means, or else the one that has a file of that path, which we name on stderr. A glob means all
 * that it matches.
 * @returns none if there is none
 * @throws {UsageError} with the choices if there are several
 */
export async function pathsOrFileNamed(store: OpenStore, pattern: string): Promise<readonly number[]> {
  const paths = pathsNamed(store, pattern)
  if (paths.length > 0) return paths
  const { ownersWithFile } = await import('../analyses/owners-with-file.ts')
  const { directory, graph } = store.references
  const found = ownersWithFile(store.survey, byteStringOfText(pattern))
  const [first] = found
  if (first === undefined) return []
  if (found.length > 1) {
    const choices = choicesOf(found.map(({ owner, path }) => `${fullName(directory, owner)}/${path}`))
    throw new UsageError(
      `${store.name}: '${pattern}' is ambiguous: ${found.length} ${nounOf(store.survey.model.kind)[1]} have it:`,
      choices,
    )
  }
  note(`'${pattern}' is ${printable(`${fullName(directory, first.owner)}/${first.path}`)}`)
  return [numberOfKey(graph, first.owner)]
}

/** The message for a name that is neither that of a store path nor of a file, with what the user may have meant. */
export async function nothingNamed(store: OpenStore, name: string): Promise<string> {
  if (/->|→/.test(name)) return `'${name}' is a reference; isoscope without says what goes without it`
  if (!/^[\w.+-]{3,}$/.test(name)) return noPathNamed(store, name)
  const { ownersWithFile } = await import('../analyses/owners-with-file.ts')
  // A part of a file's name may match too many files to answer for them. It says more than a name of a store path that is
  // only near.
  const [first] = ownersWithFile(store.survey, byteStringOfText(`*${name}*`))
  if (first === undefined) return noPathNamed(store, name)
  const file = `${printable(first.path)}, a file of ${printable(nameOf(first.owner))}`
  return `no ${nounOf(store.survey.model.kind)[0]} in ${store.name} matches '${name}'; did you mean ${file}?`
}
