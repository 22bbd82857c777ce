import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { findOwners } from '../owners/find-owners.ts'
import { fullName } from '../owners/names.ts'
import { choicesOf } from './choices.ts'
import { UsageError } from './exit-codes.ts'

/**
 * The one store path that matches a pattern, as an index of `keys`.
 * @returns undefined if none matches
 * @throws {UsageError} with a list of the matches if there are several
 */
export function onePath(
  image: string,
  keys: readonly ByteString[],
  directory: ByteString,
  pattern: string,
): number | undefined {
  const found = findOwners(keys, byteStringOfText(pattern))
  if (found.length <= 1) return found[0]
  const choices = choicesOf(found.map((path) => fullName(directory, keys[path]!)))
  throw new UsageError(`${image}: '${pattern}' is ambiguous: ${found.length} store paths match:`, choices)
}
