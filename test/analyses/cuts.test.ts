import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenCuts } from '../../src/analyses/cuts.ts'
import { type GraphSizes, graphSizes } from '../../src/analyses/graph-sizes.ts'
import { without } from '../../src/analyses/without.ts'
import { type Reference, reachableFrom, referenceGraph } from '../../src/graph/reference-graph.ts'
import type { Attribution } from '../../src/inventory/attribution.ts'
import type { ReferenceKind } from '../../src/owners/reference-kind.ts'
import { edgesOf, graphOf, type RootedGraph, without as reduced, rootedGraphs } from '../graph/random-graph.ts'

const KINDS: readonly ReferenceKind[] = ['structural', 'chosen', 'built in', 'chosen']

/** Sizes with a kind for each reference: node n takes 2^n bytes, so that each set of nodes has other bytes. */
function sizesOf({ graph, roots }: RootedGraph, kinds: readonly number[]): GraphSizes {
  const edges = edgesOf(graph)
  const accounts = graph.keys.map((owner, node) => ({
    ...{ kind: 'owner' as const, name: owner, region: 'r', owner },
    ...{ own: 2 ** node, unpacked: 0, files: 1 },
  }))
  const attribution: Attribution = { accounts, shared: [], images: [], warnings: [], complete: true }
  const of = ({ from, to }: Reference): ReferenceKind => {
    const at = edges.findIndex((edge) => edge.from === from && edge.to === to)
    return KINDS[kinds[at % kinds.length]! % KINDS.length]!
  }
  const given = [...new Set(roots)].map((node) => ({ node, reason: 'given' as const }))
  return graphSizes(attribution, { graph }, given, { of, isGeneratedText: () => false })
}

/** What no root reaches any more without some references and nodes. */
function gone({ graph, roots }: RootedGraph, references: readonly Reference[], nodes: readonly number[]): number[] {
  const isRemoved = (from: number, to: number): boolean =>
    nodes.includes(to) || references.some((one) => one.from === from && one.to === to)
  const before = reachableFrom(graph.references, roots)
  const after = reachableFrom(
    reduced(graph, isRemoved).references,
    roots.filter((root) => !nodes.includes(root)),
  )
  return [...graph.keys.keys()].filter((node) => before[node] === 1 && after[node] === 0)
}

const bytesOf = (nodes: readonly number[]): number => nodes.reduce((sum, node) => sum + 2 ** node, 0)
const scenario = fc.tuple(rootedGraphs(9), fc.array(fc.nat({ max: 3 }), { minLength: 40, maxLength: 40 }))

describe('chosenCuts', () => {
  it('are the owners that chosen references alone hold, none of which another one frees', () => {
    let found = 0
    fc.assert(
      fc.property(scenario, ([rooted, kinds]) => {
        const { graph, roots } = rooted
        const sizes = sizesOf(rooted, kinds)
        const reached = reachableFrom(graph.references, roots)
        const candidates = [...graph.keys.keys()].flatMap((to) => {
          if (roots.includes(to)) return []
          const edges = edgesOf(graph).filter((edge) => edge.to === to && reached[edge.from] === 1)
          const frees = gone(rooted, edges, [])
          const outside = edges.filter(({ from }) => !frees.includes(from))
          const isChosen = outside.length > 0 && outside.every((edge) => sizes.kinds.of(edge) === 'chosen')
          return isChosen ? [{ to, from: outside.map(({ from }) => from), frees }] : []
        })
        const best = candidates.filter(
          ({ to }) => !candidates.some((other) => other.to !== to && other.frees.includes(to)),
        )
        const expected = best
          .map(({ to, from, frees }) => ({ to, from, bytes: bytesOf(frees) }))
          .sort((a, b) => b.bytes - a.bytes)
        expect(chosenCuts(sizes)).toEqual(expected)
        found += expected.length
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(200)
  })
})

describe('without', () => {
  it('has what no root reaches any more, and who holds the rest', () => {
    const counts = { gone: 0, stays: 0 }
    fc.assert(
      fc.property(scenario, fc.array(fc.nat({ max: 40 }), { maxLength: 4 }), ([rooted, kinds], picks) => {
        const { graph, roots } = rooted
        const edges = edgesOf(graph)
        const owners = picks.filter((pick) => pick % 2 === 0).map((pick) => pick % graph.keys.length)
        const references = edges.length === 0 ? [] : picks.map((pick) => edges[pick % edges.length]!)
        const answer = without(sizesOf(rooted, kinds), { references, owners })
        const goes = gone(rooted, references, owners)
        expect(new Set(answer.gone.map(({ node }) => node))).toEqual(new Set(goes))
        expect(answer.freed).toBe(bytesOf(goes))
        expect(answer.freed).toBe(answer.gone.reduce((sum, { frees }) => sum + frees, 0))
        const before = reachableFrom(graph.references, roots)
        for (const { node, heldBy } of answer.stays) {
          expect(goes).not.toContain(node)
          const holding = edges.filter(
            ({ from, to }) =>
              to === node &&
              from !== node &&
              before[from] === 1 &&
              !goes.includes(from) &&
              !owners.includes(to) &&
              !references.some((one) => one.from === from && one.to === to),
          )
          expect(heldBy).toEqual(holding.map(({ from }) => from))
          expect(heldBy.length > 0 || roots.includes(node)).toBe(true)
        }
        for (const { to } of references) {
          const isTold = [...answer.gone, ...answer.stays].some(({ node }) => node === to)
          expect(isTold).toBe(before[to] === 1)
        }
        counts.gone += answer.gone.length
        counts.stays += answer.stays.length
      }),
      { numRuns: 500 },
    )
    expect([counts.gone > 500, counts.stays > 500]).toEqual([true, true])
  })

  it('frees the copy that references hold, and not the one of the boot loader', () => {
    const graph = graphOf(2, [0, 1])
    const [system, initrd] = graph.keys
    const account = { kind: 'owner' as const, unpacked: 0, files: 1 }
    const accounts = [
      { ...account, name: 'system', owner: system!, region: '/nix-store.squashfs', own: 1 },
      { ...account, name: 'initrd', owner: initrd!, region: '/nix-store.squashfs', own: 10 },
      { ...account, name: 'initrd', owner: initrd!, region: 'boot', own: 100 },
    ]
    const attribution: Attribution = { accounts, shared: [], images: [], warnings: [], complete: true }
    const sizes = graphSizes(attribution, { graph }, [{ node: 0, reason: 'init' }])
    expect(sizes.retained[1]).toBe(110)
    expect(without(sizes, { references: [{ from: 0, to: 1 }], owners: [] }).freed).toBe(10)
    expect(without(sizes, { references: [], owners: [1] }).freed).toBe(10)
  })

  it('frees what owners share with the last of them, and the parts add up', () => {
    const keys = graphOf(3, []).keys
    const graph = referenceGraph(keys, [0, 1, 0, 2])
    const accounts = keys.map((owner) => ({
      ...{ kind: 'owner' as const, name: owner, region: 'r', owner },
      ...{ own: 10, unpacked: 0, files: 1 },
    }))
    const shared = [{ owners: [keys[1]!, keys[2]!], shares: [4, 3], others: false, bytes: 7 }]
    const sizes = graphSizes({ accounts, shared, images: [], warnings: [], complete: true }, { graph }, [
      { node: 0, reason: 'given' },
    ])
    expect(without(sizes, { references: [], owners: [1] }).gone).toEqual([{ node: 1, frees: 6 }])
    expect(without(sizes, { references: [], owners: [1, 2] })).toMatchObject({
      freed: 20,
      gone: [
        { node: 1, frees: 10 },
        { node: 2, frees: 10 },
      ],
    })
  })
})
