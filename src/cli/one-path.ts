import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { nearestOwners } from '../analyses/nearest-owners.ts'
import { findOwners } from '../owners/find-owners.ts'
import { isGlob } from '../owners/glob.ts'
import { kindOfKeys } from '../owners/models.ts'
import { nounOf } from '../owners/names.ts'
import type { ContentNames } from '../owners/owner.ts'
import { ownerLabels } from '../present/text/owner-labels.ts'
import { formatBytes } from '../present/units.ts'
import { MAX_LISTED } from './choices.ts'
import { UsageError } from './exit-codes.ts'

/** The store paths that a user may name. */
export interface NamedPaths {
  /** What the user calls their image. */
  readonly image: string
  readonly keys: readonly ByteString[]
  readonly contentNames?: ContentNames
  /** Their own bytes, by key. We ask only if there are several matches. */
  sizes(): ReadonlyMap<ByteString, { readonly own: number }>
}

/** How many names we guess that a user may have meant. */
const MAX_GUESSES = 3

/**
 * The one store path that matches a pattern, as an index of the keys.
 * @returns undefined if none matches
 * @throws {UsageError} with a list of the matches if there are several
 */
export function onePath(paths: NamedPaths, pattern: string): number | undefined {
  const found = matchesOf(paths, pattern)
  if (found.length > 1) throw ambiguous(paths, pattern, found)
  return found[0]
}

/**
 * The store paths that a pattern means: all that a glob matches, largest first, or the one that matches any other pattern.
 * @returns none if none matches
 * @throws {UsageError} with a list of the matches if there are several
 */
export function allPaths(paths: NamedPaths, pattern: string): readonly number[] {
  const found = matchesOf(paths, pattern)
  if (found.length <= 1) return found
  if (!isGlob(pattern)) throw ambiguous(paths, pattern, found)
  return bySize(paths, found)
}

/** "no store path matches 'perll'; did you mean perl-5.36.0?", with the names that are nearest to a pattern. */
export function noMatch({ keys, contentNames }: Pick<NamedPaths, 'keys' | 'contentNames'>, pattern: string): string {
  return `no ${nounOf(kindOfKeys(keys))[0]} matches '${pattern}'${guessText(keys, contentNames, pattern)}`
}

/** "; did you mean perl-5.36.0 or perl-5.42.0?"; '' if no name is near. */
export function guessText(keys: readonly ByteString[], contents: ContentNames | undefined, pattern: string): string {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1).replace(/^[0-9a-z]{32}-/, '')
  const isFile = pattern.includes('/') && !pattern.startsWith('/')
  const near = isFile ? [] : nearestOwners(byteStringOfText(name), keys).slice(0, MAX_GUESSES)
  if (near.length === 0) return ''
  const names = near.map(ownerLabels(keys, contents))
  const last = names.pop()!
  return `; did you mean ${names.length === 0 ? last : `${names.join(', ')} or ${last}`}?`
}

/** The matches of a pattern by name, else by what is in a path whose name says nothing: "nixpkgs". */
export function matchesOf(
  { keys, contentNames }: Pick<NamedPaths, 'keys' | 'contentNames'>,
  pattern: string,
): readonly number[] {
  // A label says what is in such a path behind the name.
  const found = findOwners(keys, byteStringOfText(pattern.replace(/ \(.*\)$/, '')))
  if (found.length > 0 || contentNames === undefined || pattern === '') return found
  return [...keys.keys()].filter((number) => {
    const { name, version = '' } = contentNames.get(keys[number]!) ?? { name: '' }
    return name === pattern || `${name} ${version}` === pattern || `${name}-${version}` === pattern
  })
}

function bySize({ keys, sizes }: NamedPaths, found: readonly number[]): readonly number[] {
  const known = sizes()
  const sizeOf = (number: number): number => known.get(keys[number]!)?.own ?? 0
  return [...found].sort((a, b) => sizeOf(b) - sizeOf(a) || a - b)
}

function ambiguous(paths: NamedPaths, pattern: string, found: readonly number[]): UsageError {
  const { image, keys, contentNames } = paths
  const sizes = paths.sizes()
  const labelOf = ownerLabels(keys, contentNames)
  const shown = bySize(paths, found).slice(0, MAX_LISTED)
  const bytes = shown.map((number) => formatBytes(sizes.get(keys[number]!)?.own ?? 0, 'iec'))
  const width = Math.max(...bytes.map(({ length }) => length))
  const choices = shown.map((number, index) => `${bytes[index]!.padStart(width)}  ${labelOf(keys[number]!)}`)
  if (found.length > shown.length) choices.push(`and ${found.length - shown.length} more`)
  return new UsageError(
    `${image}: '${pattern}' is ambiguous: ${found.length} ${nounOf(kindOfKeys(keys))[1]} match:`,
    choices,
  )
}
