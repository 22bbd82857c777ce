import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { pathOf } from '../../parsers/image.ts'
import type { Selected } from '../analyses/extraction.ts'
import { findEntries } from '../analyses/find-entries.ts'
import { listing } from '../analyses/listing.ts'
import type { OpenImage } from '../images/open-image.ts'
import { asFolder, type Resolved } from '../images/resolve-path.ts'
import { findOwners } from '../owners/find-owners.ts'
import { isGlob, MAX_GLOB } from '../owners/glob.ts'
import { ownersIn } from '../owners/owners-in.ts'
import { fileMatcher } from '../owners/path-glob.ts'
import { UsageError } from './exit-codes.ts'
import { pathByOwner, pathOfOwner } from './named-owner.ts'
import { existingAt, normalPath, resolveNamed, resolveTyped } from './named-path.ts'

/**
 * The entries that a user named: by a path, by a store path in any form, or by a glob. A glob without a slash means
 * store paths by their names, or else files by their names. Any other glob means paths, as for `ls --find`. With a slash at
 * its end it means only directories, and the content of images.
 * @throws {UsageError} if there is no such path or store path, or if the glob matches none
 */
export async function selectedEntries(open: OpenImage, typed: string): Promise<readonly Selected[]> {
  const found = existingAt(open, normalPath(typed))
  if (found !== undefined) return [selectedOf(found)]
  if (!isGlob(typed)) return [selectedOf(await resolveTyped(open, typed))]
  if (typed.length > MAX_GLOB) {
    throw new UsageError(`a glob has ${typed.length} characters; the limit is ${MAX_GLOB}`)
  }
  const matched = typed.includes('/') ? matchedPaths(open, typed) : matchedNames(open, typed)
  const selected = typed.endsWith('/') ? matched.flatMap(contentOf) : matched
  if (selected.length === 0) throw new UsageError(`${open.file.name}: no file in it matches '${typed}'`)
  return selected
}

/** A directory, or the root of the image that a file holds; nothing for any other file. */
function contentOf({ open, index, imagePath }: Selected): readonly Selected[] {
  const entry = open.image.tree.entry(index)
  const folder = asFolder({ open, entry, imagePath }, imagePath + pathOf(open.image.tree, entry))
  return folder === undefined ? [] : [selectedOf(folder)]
}

function selectedOf({ open, entry, imagePath }: Resolved): Selected {
  return { open, index: entry.index, imagePath }
}

function matchedNames(open: OpenImage, glob: string): readonly Selected[] {
  const { owners } = ownersIn(open)
  const keys = [...owners.keys()]
  const matched = findOwners(keys, byteStringOfText(glob)).map((number) => owners.get(keys[number]!)!)
  if (matched.length > 0) return matched.map((owner) => selectedOf(resolveNamed(open, pathOfOwner(owner))))
  return [...findEntries(open, rootOf(open), glob)]
}

/**
 * The entries whose paths match. The names before the first glob may lead anywhere that a path leads, also into images
 * that a listing does not enter by itself.
 */
function matchedPaths(open: OpenImage, glob: string): readonly Selected[] {
  const names = glob.split('/').filter((name) => name !== '')
  const first = names.findIndex(isGlob)
  const rest = `/${names.slice(first).join('/')}`
  const fixed = `${glob.startsWith('/') ? '/' : ''}${names.slice(0, first).join('/')}`
  const start = existingAt(open, normalPath(fixed))
  if (first > 0 && start !== undefined) {
    const matched = matchedBelow(start, rest)
    if (matched.length > 0) return matched
  }
  const anywhere = [...findEntries(open, rootOf(open), glob)]
  if (anywhere.length > 0 || first === 0) return anywhere
  const path = pathByOwner(open, fixed)
  const named = path === undefined ? undefined : existingAt(open, path)
  return named === undefined ? [] : matchedBelow(named, rest)
}

function matchedBelow(at: Resolved, glob: string): readonly Selected[] {
  const matches = fileMatcher(glob)
  const start = at.imagePath + pathOf(at.open.image.tree, at.entry).replace(/^\/$/, '')
  const matched: Selected[] = []
  for (const listed of listing(at, true)) if (matches(listed.path.slice(start.length))) matched.push(listed)
  return matched
}

function rootOf(open: OpenImage): Resolved {
  return { open, entry: open.image.tree.entry(0), imagePath: '' }
}
