import { type ReferenceGraph, reachableFrom } from './reference-graph.ts'

/** Finds what would go away if references to some nodes led to others. It looks once for what the roots reach now. */
export class Replacements {
  readonly #graph: ReferenceGraph
  readonly #roots: readonly number[]
  readonly #given: ReadonlySet<number>
  readonly #before: Uint8Array
  /** For each node, the node that a reference to it leads to: itself, except during a search. */
  readonly #target: Uint32Array
  readonly #stack: Uint32Array

  /**
   * @param roots numbers; a root stays, unless it is in `given` and replaced
   * @param given roots that something outside the graph refers to, such as a list of what an image holds
   */
  constructor(graph: ReferenceGraph, roots: readonly number[], given: ReadonlySet<number> = new Set()) {
    this.#graph = graph
    this.#roots = roots
    this.#given = given
    this.#before = reachableFrom(graph.references, roots)
    this.#target = Uint32Array.from(graph.keys.keys())
    this.#stack = new Uint32Array(graph.keys.length)
  }

  /**
   * The nodes that would go away if every reference to some nodes led to others instead, ascending: those that the roots
   * reach now, and would not reach then. A node that is replaced goes, with what only it holds; a reference of its
   * replacement to it becomes one of the replacement to itself.
   * @param replacements for each node that is replaced, the node that takes its place, which is not replaced itself
   */
  freedBy(replacements: ReadonlyMap<number, number>): number[] {
    for (const [node, other] of replacements) this.#target[node] = other
    const after = this.#reach()
    for (const node of replacements.keys()) this.#target[node] = node
    const before = this.#before
    const freed: number[] = []
    for (let node = 0; node < before.length; node += 1) if (before[node]! > after[node]!) freed.push(node)
    return freed
  }

  /** 1 for each node that the roots reach, where references lead to their targets. */
  #reach(): Uint8Array {
    const { start, list } = this.#graph.references
    const [target, stack] = [this.#target, this.#stack]
    const reached = new Uint8Array(target.length)
    // Each node is pushed once, when it is marked, so the stack has room for all.
    let height = 0
    for (const root of this.#roots) {
      const node = this.#given.has(root) ? target[root]! : root
      if (reached[node] === 1) continue
      reached[node] = 1
      stack[height] = node
      height += 1
    }
    while (height > 0) {
      height -= 1
      const node = stack[height]!
      const end = start[node + 1]!
      for (let index = start[node]!; index < end; index += 1) {
        const next = target[list[index]!]!
        if (reached[next] === 1) continue
        reached[next] = 1
        stack[height] = next
        height += 1
      }
    }
    return reached
  }
}
