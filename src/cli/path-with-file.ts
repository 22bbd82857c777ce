import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { numberOfKey } from '../graph/reference-graph.ts'
import { fullName } from '../owners/names.ts'
import { printable } from '../present/text/printable.ts'
import { choicesOf } from './choices.ts'
import { UsageError } from './exit-codes.ts'
import { type OpenStore, pathNamed } from './open-store.ts'
import { say } from './output.ts'

/**
 * The one store path that matches a pattern, or else the one that has a file of that path, which we name on stderr.
 * @returns undefined if there is none
 * @throws {UsageError} with the choices if there are several
 */
export async function pathOrFileNamed(store: OpenStore, pattern: string): Promise<number | undefined> {
  const path = pathNamed(store, pattern)
  if (path !== undefined) return path
  const { ownersWithFile } = await import('../analyses/owners-with-file.ts')
  const { directory, graph } = store.references
  const found = ownersWithFile(store.survey, byteStringOfText(pattern))
  const [first] = found
  if (first === undefined) return undefined
  if (found.length > 1) {
    const choices = choicesOf(found.map(({ owner, path }) => `${fullName(directory, owner)}/${path}`))
    throw new UsageError(`${store.name}: '${pattern}' is ambiguous: ${found.length} store paths have it:`, choices)
  }
  say(`'${pattern}' is ${printable(`${fullName(directory, first.owner)}/${first.path}`)}`)
  return numberOfKey(graph, first.owner)
}
