import { type ByteString, textOf } from '../../parsers/bytes/byte-string.ts'
import { globMatcher } from './glob.ts'

/** How far globs over paths have come with the names of one path. */
export interface PathProgress {
  /** Whether one of them matches the path, or a directory that it lies in. */
  readonly isMatch: boolean
  /** Whether one of them may match something below, where none matches yet. */
  readonly isOpen: boolean
  /** Of each glob, the parts that the next name is held to. */
  readonly places: readonly (readonly number[])[]
}

/** Globs over paths, which are followed name by name: a tree is walked once, whatever lies below what matches. */
export interface PathMatcher {
  readonly root: PathProgress
  /** One name further down. */
  below(at: PathProgress, name: ByteString): PathProgress
}

/** Part of a glob between slashes; `deep` stands for any number of directories, none included. */
type Part = 'deep' | ((name: string) => boolean)

/** Where a glob matched. */
export const MATCHED: PathProgress = { isMatch: true, isOpen: false, places: [] }

/**
 * Globs over whole paths, from the root on: "/boot/*". In a name they are as `globMatcher` has them, so * stops at a
 * slash; a part ** stands for any number of directories. What lies below a directory that matches is matched too.
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

/** How far a whole path comes. */
export function progressAlong(matcher: PathMatcher, path: ByteString): PathProgress {
  let at = matcher.root
  for (const name of path.split('/')) if (name !== '') at = matcher.below(at, name)
  return at
}

/** The names of a glob's parts, between slashes. */
export function globParts(glob: string): readonly string[] {
  return glob.split('/').filter((part) => part !== '')
}

function partsOf(glob: string): readonly Part[] {
  const names = globParts(glob)
  const parts: Part[] = []
  for (const name of names) {
    if (name !== '**') parts.push(globMatcher(name))
    // Two in a row are one.
    else if (parts[parts.length - 1] !== 'deep') parts.push('deep')
  }
  // At the end it is for what lies inside, not for the directory itself.
  if (parts[parts.length - 1] === 'deep') parts.push(() => true)
  return parts
}

/** The places a name leads to. */
function advance(parts: readonly Part[], places: readonly number[], name: string): readonly number[] {
  const next: number[] = []
  for (const place of places) {
    const part = parts[place]
    if (part === 'deep') next.push(place)
    else if (part?.(name) === true) next.push(place + 1)
  }
  return reach(parts, next)
}

/** Places with those behind a `deep`, which may stand for nothing. */
function reach(parts: readonly Part[], places: readonly number[]): readonly number[] {
  const reached = new Set(places)
  for (const place of reached) if (parts[place] === 'deep') reached.add(place + 1)
  return [...reached]
}
