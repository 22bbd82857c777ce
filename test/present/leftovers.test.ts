import { describe, expect, it } from 'vitest'
import type { Account } from '../../src/inventory/attribution.ts'
import { sectionText } from '../../src/present/text/sections.ts'
import { placesOfLeftovers } from '../../src/views/leftovers.ts'

const account = (rest: Pick<Account, 'kind' | 'name' | 'own'> & Partial<Account>): Account => ({
  region: '[ISO9660]',
  unpacked: 0,
  files: 0,
  ...rest,
})
const drawn = (lines: ReturnType<typeof placesOfLeftovers>, width: number): string => {
  if (lines.length === 0) return ''
  const section = { title: ['Places in the file'], body: { kind: 'lines', lines } } as const
  return sectionText(section, { style: { width, color: false, unicode: true }, unit: 'iec', fullPaths: false })
}
const textOf = (accounts: readonly Account[], width = Number.POSITIVE_INFINITY): string =>
  drawn(placesOfLeftovers(accounts), width)

describe('places in the file', () => {
  it('are told of gaps, overlaps and parts beside the tree, and of nothing else', () => {
    const name = 'EFI system partition 2, not in the tree'
    const text = textOf([
      account({ kind: 'padding', name: 'padding', own: 9 }),
      account({ kind: 'gap', name: 'unclaimed bytes', own: 12_345, places: [{ offset: 0x8800, length: 12_345 }] }),
      account({
        kind: 'gap',
        name: 'unclaimed bytes',
        region: '/nix-store.squashfs',
        own: 1,
        places: [{ offset: 0x9000, length: 1, innerOffset: 0x10 }],
      }),
      account({
        kind: 'gap',
        name: 'unclaimed bytes',
        region: '/',
        own: 2,
        places: [{ offset: 0x1004, length: 2, innerOffset: 4 }],
      }),
      account({ kind: 'overlap', name: 'a\u001b over b', own: 4, places: [{ offset: 16, length: 4 }] }),
      account({ kind: 'structure', name, region: name, own: 5, places: [{ offset: 0x800, length: 5 }] }),
    ])
    expect(text.split('\n')).toEqual([
      'Places in the file',
      '  gap at 0x8800, 12,345 bytes',
      '  gap at 0x9000, 1 byte (0x10 of nix-store.squashfs)',
      '  gap at 0x1004, 2 bytes (0x4 of the image)',
      '  overlap (a\\x1b over b) at 0x10, 4 bytes',
      '  EFI system partition 2, not in the tree at 0x800, 5 bytes',
    ])
  })

  it('are counted where there is no room for more', () => {
    const places = [{ offset: 0, length: 10 }]
    const text = textOf([account({ kind: 'gap', name: 'unclaimed bytes', own: 5010, places, morePlaces: 1200 })])
    expect(text).toContain('\n  gap at 1,200 more places, 5,000 bytes')
  })

  it('fit the terminal, and are nothing where there are none', () => {
    const places = [{ offset: 0, length: 10 }]
    const lines = textOf([account({ kind: 'overlap', name: 'x'.repeat(200), own: 10, places })], 60).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(textOf([])).toBe('')
  })
})
