import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { report } from '../../src/analyses/report.ts'
import { dominatorRows } from '../../src/analyses/tree.ts'
import { type Why, why } from '../../src/analyses/why.ts'
import { closureSizes } from '../../src/graph/closure-sizes.ts'
import type { Evidence, ReferenceEvidence } from '../../src/inventory/evidence.ts'
import { type Inventory, takeInventory } from '../../src/inventory/take-inventory.ts'
import { referenceKey } from '../../src/owners/named-reference.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import { name as nameCell } from '../../src/views/cell.ts'
import { ownerNames } from '../../src/views/owner-names.ts'
import { treeView } from '../../src/views/tree.ts'
import { whyView } from '../../src/views/why.ts'
import { type ReportTextOptions, reportText } from './drawn-report.ts'

const MINI = fileURLToPath(new URL('../../fixtures/images/mini.iso', import.meta.url))
const STYLE = { width: 80, color: false, unicode: true }
const OPTIONS: ReportTextOptions = { style: STYLE, unit: 'iec', top: 20, sort: 'own', min: 0, fullPaths: false }

/** The same image, with names of 200 characters and 4,000 times as large. */
function enlarged(inventory: Inventory): Inventory {
  const long = (base: string): string => `${base}-${'very-long-'.repeat(20)}`.slice(0, 233)
  const times = (bytes: number): number => bytes * 4000
  const { attribution, references, image } = inventory
  return {
    ...inventory,
    image: { ...image, size: times(image.size) },
    attribution: {
      ...attribution,
      accounts: attribution.accounts.map((account) => ({
        ...account,
        own: times(account.own),
        unpacked: times(account.unpacked),
        ...(account.owner === undefined ? {} : { owner: long(account.owner) }),
      })),
      shared: attribution.shared.map(({ owners, shares, bytes, others }) => ({
        owners: owners.map(long),
        shares: shares.map(times),
        bytes: times(bytes),
        others,
      })),
    },
    references: { ...references!, graph: { ...references!.graph, keys: references!.graph.keys.map(long) } },
  }
}

let inventories: Readonly<Record<string, Inventory>>
beforeAll(async () => {
  const mini = await takeInventory(MINI)
  inventories = { 'mini.iso': mini, 'one with very long names': enlarged(mini) }
})

describe.each(['mini.iso', 'one with very long names'])('within 80 columns, of %s', (name) => {
  const wide = (text: string): string[] => text.split('\n').filter((line) => line.length > 80)

  it.each<[string, Partial<ReportTextOptions>]>([
    ['as it is', {}],
    ['in bytes', { unit: 'bytes' }],
    ['in powers of 1000', { unit: 'si', sort: 'retained' }],
    ['with full paths', { fullPaths: true, top: 0 }],
    ['with full paths and bytes', { fullPaths: true, unit: 'bytes', sort: 'closure' }],
  ])('the report: %s', (_, options) => {
    const answer = report(inventories[name]!)
    // The name of the root is told in full.
    const lines = wide(reportText(answer, { ...OPTIONS, ...options })).filter((line) => !line.startsWith('root: '))
    expect(lines).toEqual([])
    const narrow = reportText(answer, { ...OPTIONS, ...options, style: { ...STYLE, width: 60 } })
    // Even so every row has its name and what pulls it in.
    expect(narrow).toMatch(/OWN.*RETAINED.*STORE PATH +PULLED IN BY/)
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThan(
      Math.max(
        ...reportText(answer, { ...OPTIONS, ...options, style: { ...STYLE, width: 300 } })
          .split('\n')
          .map((line) => line.length),
      ),
    )
  })

  it('the facts of the report', () => {
    const answer = report(inventories[name]!)
    const named = { ...answer, image: { ...answer.image, volumeId: 'nixos-minimal-26.11pre-git-x86_64-linux' } }
    const text = reportText(named, { ...OPTIONS, style: { ...STYLE, width: 60 } })
    const facts = text.split('\n').slice(1, 4)
    expect(facts.join(' ')).toMatch(
      /^NixOS 26\.11pre-git · +volume nixos-minimal-26\.11pre-git-x86_64-linux · +47 store paths/,
    )
    for (const line of facts) expect(line.length).toBeLessThanOrEqual(60)
  })

  it('the report drops columns before it cuts names', () => {
    const table = (width: number): string[] =>
      reportText(report(inventories[name]!), { ...OPTIONS, style: { ...STYLE, width } })
        .split('\n')
        .find((line) => line.includes('PULLED IN BY'))!
        .trim()
        .split(/ {2,}| (?=%|RET)/)
    expect(table(80)).toEqual(['OWN', '%', 'RETAINED', 'UNPACKED', 'STORE PATH', 'PULLED IN BY'])
    expect(table(200)).toEqual(['OWN', '%', 'RETAINED', 'CLOSURE', 'UNPACKED', 'FILES', 'STORE PATH', 'PULLED IN BY'])
  })

  it.each([60, 80])('the tree to any depth, in %d columns', (width) => {
    const { attribution, references, roots } = inventories[name]!
    const { graph, origin } = references!
    const rows = dominatorRows(graphSizes(attribution, { graph }, roots), {
      depth: 100,
      top: Number.POSITIVE_INFINITY,
      min: 0,
    })
    const names = graph.keys.map((base) => base.slice(33))
    const { sections } = treeView(rows, { nameOf: (node) => nameCell(names[node]!), origin, complete: true })
    const drawn = (width: number): string =>
      sectionsText(sections(), { unit: 'bytes', fullPaths: false, style: { ...STYLE, width } })
    const text = drawn(width)
    expect(text.split('\n').filter((line) => line.length > width)).toEqual([])
    // Nothing is cut where there is room.
    const whole = drawn(Number.POSITIVE_INFINITY)
    expect(whole).not.toContain('…')
    expect(whole.split('\n')).toHaveLength(text.split('\n').length)
  })

  it.each([
    ['iec', 80],
    ['bytes', 80],
    ['iec', 60],
  ] as const)('why, of every store path, in %s and %d columns', (unit, width) => {
    const { attribution, references, roots } = inventories[name]!
    const { graph, origin } = references!
    const sizes = graphSizes(attribution, { graph }, roots)
    const nameOf = ownerNames(graph.keys, '/nix/store', undefined)
    const closure = closureSizes(graph, sizes.own)
    for (const path of graph.keys.keys()) {
      for (const all of [false, true]) {
        const answer = why(sizes, path, { from: undefined, all })
        const { sections } = whyView([answer], {
          ...sizes,
          nameOf: (node) => nameOf(graph.keys[node]!),
          evidence: longEvidence(graph.keys, answer),
          hasExcerpts: true,
          hidden: graph.keys.slice(0, 3).map((from) => ({ ...LONG_PLACE, from, to: graph.keys[path]! })),
          closure,
          origin,
          complete: true,
          all,
          choice: { top: all ? 0 : 10, sort: 'frees', min: 0 },
        })
        const text = sectionsText(sections(), { unit, fullPaths: false, style: { ...STYLE, width } })
        expect(text.split('\n').filter((line) => line.length > width)).toEqual([])
        expect(text).toContain('\nSTORE PATH  ')
        expect(text).toMatch(/\nAlso named in compressed content/)
      }
    }
  })
})

/** A file with a long name. */
const LONG_PLACE = { path: `share/${'folder/'.repeat(20)}file`, kind: 'content', offset: 7 } as const

/** Evidence in a file with a long name, for each reference of an answer. */
function longEvidence(paths: readonly string[], { routes }: Why): Evidence {
  const references = routes.flatMap(({ from, path }): [string, ReferenceEvidence][] => {
    if (from === undefined) return []
    const to = paths[path]!
    const place = { path: `share/${'folder/'.repeat(20)}${path}`, kind: 'content' as const, offset: 7 }
    const excerpt = { before: '<'.repeat(32), hash: to.slice(0, 32), after: '>'.repeat(32) }
    return [[referenceKey({ from: paths[from]!, to }), { places: [place], isUnread: false, excerpt }]]
  })
  return { references: new Map(references), isKnown: true, failures: [] }
}
