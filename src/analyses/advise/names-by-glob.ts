import { globMatcher } from '../../owners/glob.ts'
import { nameOf, splitKey } from '../../owners/names.ts'

/** Finds the nodes whose names match globs, with their versions or without. It asks for each glob only once. */
export type NodesNamed = (globs: readonly string[], except?: readonly string[]) => ReadonlySet<number>

export function nodesByGlob(keys: readonly string[]): NodesNamed {
  const names = keys.map((key) => [nameOf(key), splitKey(key).pname] as const)
  const known = new Map<string, readonly number[]>()
  const nodesOf = (glob: string): readonly number[] => {
    let nodes = known.get(glob)
    if (nodes === undefined) {
      const matches = globMatcher(glob)
      nodes = names.flatMap(([name, pname], node) =>
        matches(name) || (pname !== name && matches(pname)) ? [node] : [],
      )
      known.set(glob, nodes)
    }
    return nodes
  }
  return (globs, except = []) => {
    const nodes = new Set(globs.flatMap(nodesOf))
    for (const glob of except) for (const node of nodesOf(glob)) nodes.delete(node)
    return nodes
  }
}
