import { neighbours, type ReferenceGraph, reachableFrom } from '../graph/reference-graph.ts'
import { nixDistances, UNREACHED } from '../owners/nix/why-depends-order.ts'
import type { PlacesOf, ReferencePlace } from '../owners/places-of-references.ts'

/** A line of the answer. */
export type WhyDependsLine = PathLine | PlaceLine

/** The place of a line in the tree. */
interface Indented {
  /** A character for each level to the left: '|' if the level goes on below, else ' '. */
  readonly levels: string
}

export interface PathLine extends Indented {
  readonly kind: 'path'
  /** Its number in the graph. */
  readonly path: number
  /** The text before it: nothing, an arrow below the place that refers to it, or a branch. */
  readonly lead: 'none' | 'arrow' | 'branch' | 'last branch'
  /** Whether another line shows its references. */
  readonly visited: boolean
}

/** Where the path above refers to the path below. */
export interface PlaceLine extends Indented {
  readonly kind: 'place'
  /** `further` is a second or later place for its path; `further last` is one for the last path of its level. */
  readonly lead: 'branch' | 'last branch' | 'further' | 'further last'
  readonly place: ReferencePlace
  /** Whether it refers to the target of the question, and not to a path on the way. */
  readonly isTarget: boolean
}

/** The question that `nix why-depends` answers. */
export interface WhyDependsQuestion {
  readonly graph: ReferenceGraph
  /** Numbers of paths in the graph. */
  readonly from: number
  readonly to: number
  /** Return all routes, not only one. */
  readonly all: boolean
  /**
   * Finds where a path refers to others: for each of `references` the places in the order of a NAR, or only the first
   * unless `all`. Absent if the user does not ask for places.
   */
  readonly placesOf?: PlacesOf
}

/** A path whose references we are listing. */
interface Level {
  readonly path: number
  readonly levels: string
  readonly references: readonly number[]
  readonly places: ReadonlyMap<number, readonly ReferencePlace[]> | undefined
  next: number
}

/**
 * Explains how a path depends on another, line for line as `nix why-depends` does (Nix: printNode in
 * src/nix/why-depends.cc). Without `all` it shows one route. With it, it shows all routes, and the references of each
 * path where that first appears.
 * @returns no lines if the path does not depend on the other
 */
export function* whyDepends(question: WhyDependsQuestion): Generator<WhyDependsLine> {
  const { graph, from, to, all, placesOf } = question
  const closure = reachableFrom(graph.references, [from])
  if (closure[to] === 0) return
  const distances = nixDistances(graph, to, closure)
  const visited = new Uint8Array(graph.keys.length)
  const referencesOf = (path: number): number[] => {
    const references = [...neighbours(graph.references, path)].filter(
      (reference) => distances[reference] !== UNREACHED && (reference !== path || from === to),
    )
    // Numbers are in the order of names.
    return references.sort((a, b) => distances[a]! - distances[b]! || a - b)
  }
  /** Nix stops at the first arrival, unless the user asked for all routes, or asked about a path and itself. */
  const isEnd = (path: number): boolean => path === to && !all && from !== to

  const stack: Level[] = []
  const enter = (path: number, levels: string): void => {
    const references = referencesOf(path)
    const places = all ? placesOf?.(path, references) : undefined
    stack.push({ path, levels, references, places, next: 0 })
  }
  yield { kind: 'path', levels: '', path: from, lead: 'none', visited: false }
  if (isEnd(from)) return
  if (placesOf !== undefined) visited[from] = 1
  enter(from, '')
  while (stack.length > 0) {
    const level = stack[stack.length - 1]!
    const reference = level.references[level.next]
    if (reference === undefined) {
      stack.pop()
      continue
    }
    level.next += 1
    const { path, levels } = level
    const isLast = !all || level.next === level.references.length
    const below = levels + (isLast ? ' ' : '|')
    if (placesOf === undefined) {
      const lead = isLast ? 'last branch' : 'branch'
      yield { kind: 'path', levels, path: reference, lead, visited: visited[reference] === 1 }
      visited[path] = 1
    } else {
      const places = level.places ?? placesOf(path, [reference])
      for (const [index, place] of (places.get(reference) ?? []).entries()) {
        if (index > 0 && !all) break
        const lead = index === 0 ? (isLast ? 'last branch' : 'branch') : isLast ? 'further last' : 'further'
        yield { kind: 'place', levels, lead, place, isTarget: reference === to }
      }
      yield { kind: 'path', levels: below, path: reference, lead: 'arrow', visited: visited[reference] === 1 }
    }
    if (isEnd(reference)) return
    if (visited[reference] === 1) continue
    if (placesOf !== undefined) visited[reference] = 1
    enter(reference, below)
  }
}
