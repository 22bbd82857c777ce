import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { EntryType } from '../../parsers/image.ts'
import type { Survey } from '../inventory/survey.ts'
import { findOwners } from '../owners/find-owners.ts'
import { isOwnerKey, nameOf } from '../owners/names.ts'
import { entriesOf } from '../owners/owner.ts'
import { fileMatcher } from '../owners/path-glob.ts'

/** A file of an owner. */
export interface OwnerFile {
  readonly owner: ByteString
  /** The path inside the owner. */
  readonly path: ByteString
}

/** A file with the facts that decide whether its owner has it, or leads to it. */
interface Candidate extends OwnerFile {
  readonly type: EntryType
  readonly target?: ByteString | undefined
}

/**
 * The files that a user means by a path such as "libx.so.1", "lib/libx.so.1", "name/lib/libx.so.1" or a glob, one for
 * each owner. A file goes before a directory, and before a link into another owner, such as those of a profile.
 * @returns none for a saved report that has no list of files
 */
export function ownersWithFile(survey: Survey, pattern: ByteString): readonly OwnerFile[] {
  const { keys, parts } = survey
  if (parts.saved !== undefined && parts.files === undefined) return []
  const matches = fileMatcher(pattern)
  const [first = '', ...names] = pattern.split('/').filter((name) => name !== '')
  const below = names.join('/')
  const named = new Set(below === '' || pattern.startsWith('/') ? [] : findOwners(keys, first).map((at) => keys[at]!))
  const found: Candidate[] = []
  for (const owner of keys) {
    const prefixes = [`/${owner}/`, `/${nameOf(owner)}/`]
    for (const { path, type, target } of filesOf(survey, owner)) {
      if (path === '') continue
      const isNamed = named.has(owner) && path === below
      if (isNamed || prefixes.some((prefix) => matches(prefix + path))) found.push({ owner, path, type, target })
    }
  }
  const files = found.filter(({ type }) => type !== 'directory')
  const best = [files.filter((file) => !leadsElsewhere(file)), files, found].find((some) => some.length > 0) ?? []
  return [...new Map(best.toReversed().map(({ owner, path }) => [owner, { owner, path }])).values()].reverse()
}

/** The entries of an owner: those of a saved report or of the cache, if they are known. */
function* filesOf(survey: Survey, key: ByteString): Generator<Omit<Candidate, 'owner'>> {
  const { files } = survey.parts
  if (files !== undefined) {
    yield* files.get(key) ?? []
    return
  }
  const owner = survey.owners.get(key)
  if (owner === undefined) return
  for (const { entry, path } of entriesOf(owner)) yield { path, type: entry.type, target: entry.target }
}

/** Whether a file is a link into another owner. */
function leadsElsewhere({ owner, target }: Candidate): boolean {
  if (target?.startsWith('/') !== true) return false
  const key = target.split('/').find(isOwnerKey)
  return key !== undefined && key !== owner
}
