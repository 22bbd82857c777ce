import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Advice, advise } from '../../../src/analyses/advise.ts'
import { type GraphSizes, graphSizes } from '../../../src/analyses/graph-sizes.ts'
import { type Inventory, takeInventory } from '../../../src/inventory/take-inventory.ts'
import { adviseText } from '../../../src/present/text/advise.ts'
import { ownerLabels } from '../../../src/present/text/owner-labels.ts'

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

  function textOf(width: number, unicode = true): string {
    const { keys } = sizes.graph
    return adviseText(advice, {
      image: inventory.image,
      name: 'a-folder-with-a-long-name/and-another-one/nixos-minimal-26.11-x86_64-linux.iso',
      sizes,
      names: keys.map(ownerLabels(keys)),
      evidence: { references: new Map(), isKnown: false, failures: [] },
      style: { width, color: false, unicode },
      unit: 'iec',
      top: Number.POSITIVE_INFINITY,
      apply: undefined,
      verbose: true,
    })
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

  it('names the cut as why and without take it', () => {
    expect(textOf(200)).toContain('  cut      system-units → unit-register-nix-paths.service\n')
  })
})
