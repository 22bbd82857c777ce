import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Advice, advise } from '../../../src/analyses/advise.ts'
import { type GraphSizes, graphSizes } from '../../../src/analyses/graph-sizes.ts'
import { type Inventory, takeInventory } from '../../../src/inventory/take-inventory.ts'
import { sectionsText } from '../../../src/present/text/sections.ts'
import { adviseView } from '../../../src/views/advise.ts'
import { ownerNames } from '../../../src/views/owner-names.ts'

const MINI = fileURLToPath(new URL('../../../fixtures/images/mini.iso', import.meta.url))

describe('advice as text', () => {
  let inventory: Inventory
  let sizes: GraphSizes
  let advice: Advice
  beforeAll(async () => {
    inventory = await takeInventory(MINI, { inside: true, files: true, outside: true, jobs: 1 })
    sizes = graphSizes(inventory.attribution, inventory.references!, inventory.roots)
    advice = advise(inventory, sizes)
  })

  function textOf(width: number, unicode = true, choice = { top: 0, sort: 'frees', min: 0 }): string {
    const { keys } = sizes.graph
    const nameOf = ownerNames(keys, inventory.directory, undefined)
    const { sections } = adviseView(advice, {
      image: inventory.image,
      name: 'a-folder-with-a-long-name/and-another-one/nixos-minimal-26.11-x86_64-linux.iso',
      graph: sizes.graph,
      nameOf: (node) => nameOf(keys[node]!),
      evidence: { references: new Map(), isKnown: false, failures: [] },
      apply: undefined,
      verbose: true,
      choice,
    })
    return sectionsText(sections(), { style: { width, color: false, unicode }, unit: 'iec', fullPaths: false })
  }

  it.each([60, 80, 100])('fits %i columns', (width) => {
    const long = textOf(width)
      .split('\n')
      .filter((line) => line.length > width)
    expect(long).toEqual([])
  })

  it('has only ASCII where the terminal has no more', () => {
    expect(textOf(80, false)).toMatch(/^[ -~\n]*$/)
  })

  it('has the entries that a choice shows, in its order', () => {
    const entries = (choice: { readonly top: number; readonly sort: string; readonly min: number }): string[] =>
      [...textOf(200, true, choice).matchAll(/^\*? *\(?≈ .*?≈ [\d.]+ \S+ +([a-z0-9-]+)/gm)].map(([, id]) => id!)
    const all = entries({ top: 0, sort: 'frees', min: 0 })
    expect(all).toEqual(advice.items.map(({ hint }) => hint.id))
    expect(entries({ top: 0, sort: 'id', min: 0 })).toEqual([...all].sort())
    expect(entries({ top: 2, sort: 'frees', min: 0 })).toEqual(all.slice(0, 2))
    const gains = advice.items.map(({ alone, withOthers }) => Math.max(alone.bytes, withOthers?.bytes ?? 0))
    const large = all.filter((_, index) => gains[index]! >= 100_000)
    expect(large.length).toBeGreaterThan(0)
    expect(entries({ top: 0, sort: 'frees', min: 100_000 })).toEqual(large)
    expect(textOf(200, true, { top: 1, sort: 'frees', min: 100_000 })).toContain(
      `[${all.length - 1} more entries; -n 0 --min 0 shows all]`,
    )
  })

  it('names the cut as why and without take it', () => {
    expect(textOf(200)).toContain('  cut      system-units → unit-register-nix-paths.service\n')
  })
})
