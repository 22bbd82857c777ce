import type { Adjacency } from './reference-graph.ts'

/** The strongly connected components of a graph: sets of nodes that all reach each other. */
export interface Components {
  readonly count: number
  /** For each node, its component. They are in reverse topological order: each refers only to itself and lower ones. */
  readonly componentOf: Uint32Array
}

/** A number above every number of a search. */
const DONE = 0xffff_ffff

/**
 * Finds the strongly connected components: Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on
 * Computing 1(2), 1972, section 4. It has its own stack instead of recursion, because a chain of references may be
 * longer than the call stack.
 */
export function stronglyConnected({ start, list }: Adjacency): Components {
  const size = start.length - 1
  const componentOf = new Uint32Array(size)
  /** Numbers in preorder from 1 on; 0 is "not reached yet". */
  const number = new Uint32Array(size)
  /**
   * LOWLINK of the paper. Once we know the component of a node, this is above every number, so that it lowers no other.
   */
  const low = new Uint32Array(size)
  const next = start.slice(0, size)
  const caller = new Int32Array(size).fill(-1)
  const open: number[] = []
  let reached = 0
  let count = 0

  for (let origin = 0; origin < size; origin += 1) {
    if (number[origin] !== 0) continue
    let node = origin
    while (node !== -1) {
      if (number[node] === 0) {
        reached += 1
        number[node] = reached
        low[node] = reached
        open.push(node)
      }
      if (next[node]! < start[node + 1]!) {
        const target = list[next[node]!]!
        if (number[target] === 0) {
          // We need its LOWLINK when it is done, so we come back to this reference.
          caller[target] = node
          node = target
          continue
        }
        if (low[target]! < low[node]!) low[node] = low[target]!
        next[node]! += 1
        continue
      }
      if (low[node] === number[node]) {
        for (let member = open.pop()!; ; member = open.pop()!) {
          componentOf[member] = count
          low[member] = DONE
          if (member === node) break
        }
        count += 1
      }
      node = caller[node]!
    }
  }
  return { count, componentOf }
}

/** The other components that each component refers to, each once. */
export function componentReferences({ start, list }: Adjacency, { count, componentOf }: Components): Adjacency {
  const members = membersOfComponents(componentOf, count)
  const componentStart = new Uint32Array(count + 1)
  const componentList = new Uint32Array(list.length)
  /** For each component, 1 plus the last component that was found to refer to it. */
  const lastReferrer = new Uint32Array(count)
  let length = 0
  for (let component = 0; component < count; component += 1) {
    for (let at = members.start[component]!; at < members.start[component + 1]!; at += 1) {
      const node = members.list[at]!
      for (let index = start[node]!; index < start[node + 1]!; index += 1) {
        const target = componentOf[list[index]!]!
        if (target === component || lastReferrer[target] === component + 1) continue
        lastReferrer[target] = component + 1
        componentList[length] = target
        length += 1
      }
    }
    componentStart[component + 1] = length
  }
  return { start: componentStart, list: componentList.slice(0, length) }
}

function membersOfComponents(componentOf: Uint32Array, count: number): Adjacency {
  const start = new Uint32Array(count + 1)
  for (const component of componentOf) start[component + 1]! += 1
  for (let component = 0; component < count; component += 1) start[component + 1]! += start[component]!
  const next = start.slice()
  const list = new Uint32Array(componentOf.length)
  for (const [node, component] of componentOf.entries()) {
    list[next[component]!] = node
    next[component]! += 1
  }
  return { start, list }
}
