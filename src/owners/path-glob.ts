import { type ByteString, textOf } from '../../parsers/bytes/byte-string.ts'
import { globMatcher } from './glob.ts'

/** How far globs over paths match the names of one path. */
export interface PathProgress {
  /** Whether a glob matches the path, or a directory that contains it. */
  readonly isMatch: boolean
  /** Whether a glob may match a path below, and none matches this path yet. */
  readonly isOpen: boolean
  /** For each glob, the parts that the next name must match. */
  readonly places: readonly (readonly number[])[]
}

/** Globs over paths that advance name by name. So a walk visits a tree once and skips the trees that match. */
export interface PathMatcher {
  readonly root: PathProgress
  /** Advances by one name. */
  below(at: PathProgress, name: ByteString): PathProgress
}

/** The part of a glob between slashes; `deep` is any number of directories, or none. */
type Part = 'deep' | ((name: string) => boolean)

/** The progress after a match. */
export const MATCHED: PathProgress = { isMatch: true, isOpen: false, places: [] }

/**
 * Globs over whole paths from the root, such as "/boot/*". Inside a name they work like `globMatcher`, so * stops at a
 * slash. A part ** stands for any number of directories. If a directory matches, so does everything below it.
 */
export function pathMatcher(globs: readonly string[]): PathMatcher {
  const compiled = globs.map(partsOf)
  const dead = globs.map((): readonly number[] => [])
  const progressOf = (places: readonly (readonly number[])[]): PathProgress => {
    if (places.some((some, glob) => some.includes(compiled[glob]!.length))) return MATCHED
    return { isMatch: false, isOpen: places.some((some) => some.length > 0), places }
  }
  const nowhere = progressOf(dead)
  return {
    root: progressOf(compiled.map((parts) => reach(parts, [0]))),
    below(at, name) {
      if (!at.isOpen) return at
      const text = textOf(name) ?? name
      const next = progressOf(at.places.map((some, glob) => advance(compiled[glob]!, some, text)))
      return next.isMatch || next.isOpen ? next : nowhere
    },
  }
}

/** The progress of the same globs at any of two paths, such as two names of one file. */
export function united(a: PathProgress, b: PathProgress): PathProgress {
  if (a.isMatch || b.isMatch) return MATCHED
  const places = a.places.map((some, glob) => [...new Set([...some, ...b.places[glob]!])])
  return { isMatch: false, isOpen: a.isOpen || b.isOpen, places }
}

/** The progress after a whole path. */
export function progressAlong(matcher: PathMatcher, path: ByteString): PathProgress {
  let at = matcher.root
  for (const name of path.split('/')) if (name !== '') at = matcher.below(at, name)
  return at
}

/**
 * Matches paths by their names. A glob without a slash matches the last name, and one that begins with a slash the whole
 * path. Any other matches the last names of a path, so "lib/*.so" finds "/usr/lib/x.so". Unlike with `pathMatcher`, what
 * is below a match does not match.
 */
export function fileMatcher(glob: string): (path: ByteString) => boolean {
  if (!glob.includes('/')) {
    const matches = globMatcher(glob)
    return (path) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      return matches(textOf(name) ?? name)
    }
  }
  const parts = partsOf(glob.startsWith('/') ? glob : `**/${glob}`)
  return (path) => {
    let places = reach(parts, [0])
    for (const name of path.split('/')) {
      if (name === '') continue
      places = advance(parts, places, textOf(name) ?? name)
      if (places.length === 0) return false
    }
    return places.includes(parts.length)
  }
}

/** The parts of a glob between slashes. */
export function globParts(glob: string): readonly string[] {
  return glob.split('/').filter((part) => part !== '')
}

function partsOf(glob: string): readonly Part[] {
  const names = globParts(glob)
  const parts: Part[] = []
  for (const name of names) {
    if (name !== '**') parts.push(globMatcher(name))
    // Two ** in a row are the same as one.
    else if (parts[parts.length - 1] !== 'deep') parts.push('deep')
  }
  // A ** at the end matches the content of a directory, not the directory itself.
  if (parts[parts.length - 1] === 'deep') parts.push(() => true)
  return parts
}

/** The places that a name leads to. */
function advance(parts: readonly Part[], places: readonly number[], name: string): readonly number[] {
  const next: number[] = []
  for (const place of places) {
    const part = parts[place]
    if (part === 'deep') next.push(place)
    else if (part?.(name) === true) next.push(place + 1)
  }
  return reach(parts, next)
}

/** Adds the places after a `deep`, because it may stand for no directory. */
function reach(parts: readonly Part[], places: readonly number[]): readonly number[] {
  const reached = new Set(places)
  for (const place of reached) if (parts[place] === 'deep') reached.add(place + 1)
  return [...reached]
}
