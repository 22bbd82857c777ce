import type { ReferenceGraph } from './reference-graph.ts'

/**
 * The nodes that would go away if every reference to some nodes led to others instead, ascending: those that the roots
 * reach now, and would not reach then. A node that is replaced goes, with what only it holds; a reference of its
 * replacement to it becomes one of the replacement to itself.
 * @param roots numbers; a root stays, unless it is in `given` and replaced
 * @param replacements for each node that is replaced, the node that takes its place, which is not replaced itself
 * @param given roots that something outside the graph refers to, such as a list of what an image holds
 */
export function freedByReplacing(
  { keys, references }: ReferenceGraph,
  roots: readonly number[],
  replacements: ReadonlyMap<number, number>,
  given: ReadonlySet<number> = new Set(),
): number[] {
  const before = reach(references, roots, NOTHING)
  const begins = roots.map((root) => (given.has(root) ? (replacements.get(root) ?? root) : root))
  const after = reach(references, begins, replacements)
  const freed: number[] = []
  for (const node of keys.keys()) if (before[node] === 1 && after[node] === 0) freed.push(node)
  return freed
}

const NOTHING: ReadonlyMap<number, number> = new Map()

/** 1 for each node that some nodes reach, where references to replaced nodes lead to their replacements. */
function reach(
  { start, list }: ReferenceGraph['references'],
  from: readonly number[],
  replacements: ReadonlyMap<number, number>,
): Uint8Array {
  const reached = new Uint8Array(start.length - 1)
  const stack: number[] = []
  const visit = (node: number): void => {
    if (reached[node] === 1) return
    reached[node] = 1
    stack.push(node)
  }
  for (const node of from) visit(node)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let index = start[node]!; index < start[node + 1]!; index += 1) {
      const next = list[index]!
      visit(replacements.get(next) ?? next)
    }
  }
  return reached
}
