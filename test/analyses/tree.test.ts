import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type GraphSizes, graphSizes } from '../../src/analyses/graph-sizes.ts'
import { dominatorRows, type TreeRow } from '../../src/analyses/tree.ts'
import { reachableFrom } from '../../src/graph/reference-graph.ts'
import { openImage } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { registeredReferences } from '../../src/owners/nix/registered-references.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { bootedOwners, findRoots } from '../../src/owners/roots.ts'

const IMAGES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

function sizesOf(name: string): GraphSizes {
  const open = openImage(IMAGES + name)
  const { owners, images } = ownersIn(open)
  const { graph } = registeredReferences(images, new Set(owners.keys()))!
  const sizes = graphSizes(attribute(open), { graph }, findRoots(bootedOwners(open), graph))
  open.close()
  return sizes
}

const depthOf = ({ levels, isTop }: TreeRow): number => (isTop ? 0 : levels.length + 1)

describe.each(['mini.iso', 'mini-slim.iso'])('the dominator tree of %s', (name) => {
  const sizes = sizesOf(name)
  const { graph, tree, exclusive, shared, retained, own } = sizes

  it.each([
    { depth: 100, top: 1000, min: 0 },
    { depth: 2, top: 3, min: 0 },
    { depth: 3, top: 1000, min: 5000 },
    { depth: 0, top: 1, min: 0 },
  ])('adds up: %j', (options) => {
    const rows = dominatorRows(sizes, options)
    const total = rows.at(-1)!
    expect(total).toMatchObject({ kind: 'total', paths: graph.keys.length })
    expect(total.retained).toBe(own.reduce((sum, bytes) => sum + bytes, 0))
    const below = (index: number): number => {
      const depth = index < 0 ? -1 : depthOf(rows[index]!)
      let sum = 0
      for (let at = index + 1; at < rows.length - 1 && depthOf(rows[at]!) > depth; at += 1) {
        if (depthOf(rows[at]!) === depth + 1) sum += rows[at]!.retained
      }
      return sum
    }
    expect(below(-1)).toBe(total.retained)
    let parents = 0
    for (const [index, row] of rows.entries()) {
      if (row.kind === 'jointly' && depthOf(row) < options.depth) expect(below(index)).toBe(row.retained)
      if (row.kind !== 'path' || depthOf(row) >= options.depth) continue
      parents += 1
      expect(row.itself! + below(index)).toBe(row.retained)
    }
    if (options.depth > 2) expect(parents).toBeGreaterThan(5)
  })

  it('retains what cannot be reached without a path', () => {
    const roots = sizes.roots.map(({ node }) => node)
    for (const removed of graph.keys.keys()) {
      const without = reachableFrom(
        graph.references,
        roots.filter((root) => root !== removed),
        closed(removed),
      )
      const isFreed = (path: number): boolean => path === removed || without[path] === 0
      let freed = 0
      for (const path of graph.keys.keys()) if (isFreed(path)) freed += exclusive[path]!
      for (const { nodes, bytes } of shared) if (nodes.every(isFreed)) freed += bytes
      expect(retained[removed]).toBe(freed)
    }
    expect(tree.order.length).toBe(graph.keys.length)
  })

  /** Marked as reached, a path is not gone through. */
  function closed(path: number): Uint8Array {
    const reached = new Uint8Array(graph.keys.length)
    reached[path] = 1
    return reached
  }
})
