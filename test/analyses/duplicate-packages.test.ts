import { describe, expect, it } from 'vitest'
import { duplicatePackages } from '../../src/analyses/duplicate-packages.ts'
import { sizesOfInventory } from '../../src/analyses/graph-sizes.ts'
import type { Inventory } from '../../src/inventory/take-inventory.ts'
import type { OwnerRole } from '../../src/owners/reference-kind.ts'
import { findRoots } from '../../src/owners/roots.ts'
import { basePath, type SyntheticPath, syntheticSide } from './synthetic-side.ts'

/** An image of store paths with the roots that we find in it. */
function imageOf(paths: readonly SyntheticPath[], roles?: ReadonlyMap<string, OwnerRole>): Inventory {
  const side = syntheticSide({ paths })
  return {
    ...side,
    roots: findRoots(new Map(), side.references!.graph),
    ...(roles === undefined ? {} : { composition: { roles, mentions: [] } }),
  }
}

function duplicatesOf(inventory: Inventory): ReturnType<typeof duplicatePackages> {
  return duplicatePackages(inventory, sizesOfInventory(inventory, inventory.references!))
}

const [grub, grubEfi, font] = [basePath(1, 'grub-2.12'), basePath(2, 'grub-2.12'), basePath(3, 'font-1.0')]

describe('what copies save that nothing refers to', () => {
  it('is their bytes, and what only they hold', () => {
    const image = imageOf([
      { base: grub, own: 700 },
      { base: grubEfi, own: 800, references: [font] },
      { base: font, own: 50 },
    ])
    expect(image.roots.map(({ reason }) => reason)).toEqual(['unreferenced', 'unreferenced'])
    const { packages, saved } = duplicatesOf(image)
    expect(saved).toBe(850)
    expect(packages).toMatchObject([{ name: 'grub', kind: 'builds', saved: 850, keep: 1 }])
    expect(packages[0]!.copies.map(({ ifKept }) => ifKept)).toEqual([
      { bytes: 700, gone: [grub], stays: [], needsOthers: false },
      { bytes: 850, gone: [grubEfi, font].sort(), stays: [], needsOthers: false },
    ])
  })

  it('is so where a copy is the root of a cycle', () => {
    const image = imageOf([
      { base: grub, own: 700, references: [font] },
      { base: font, own: 50, references: [grub] },
      { base: grubEfi, own: 800 },
    ])
    expect(image.roots).toMatchObject([{ reason: 'unreferenced' }, { reason: 'cycle' }])
    const byOwn = new Map(duplicatesOf(image).packages[0]!.copies.map(({ own, ifKept }) => [own, ifKept!.bytes]))
    expect(Object.fromEntries(byOwn)).toEqual({ 800: 750, 700: 800 })
  })

  it('is nothing for a copy that is there for its own sake', () => {
    const image = imageOf([
      { base: grub, own: 700 },
      { base: grubEfi, own: 800 },
    ])
    const given = { ...image, roots: image.roots.map(({ node }) => ({ node, reason: 'init' as const })) }
    expect(duplicatesOf(given)).toMatchObject({ saved: 0, packages: [{ name: 'grub', saved: 0, keep: undefined }] })
  })
})

describe('what is no package', () => {
  const name = (hash: number, of: string): string => basePath(hash, of)
  /** A system and a specialisation of it, which has its own objects of all roles, and its own grub. */
  const half = (from: number): readonly SyntheticPath[] => {
    const [system, path, etc, unit, tool] = [
      name(from, 'nixos-system-x-1'),
      name(from + 1, 'system-path'),
      name(from + 2, 'etc'),
      name(from + 3, 'unit-foo.service'),
      name(from + 4, 'grub-2.12'),
    ]
    return [
      { base: system, own: 10, references: [path, etc] },
      { base: path, own: 20, references: [tool] },
      { base: etc, own: 30, references: [unit] },
      { base: unit, own: 40 },
      { base: tool, own: 500 },
    ]
  }
  const paths = [...half(1), ...half(11)]
  const kinds: readonly (OwnerRole | undefined)[] = ['system', 'profile', 'farm', 'text', undefined]

  it('are systems, profiles, farms and texts', () => {
    const roles = new Map(
      paths.flatMap(({ base }, at): [string, OwnerRole][] => {
        const role = kinds[at % kinds.length]
        return role === undefined ? [] : [[base, role]]
      }),
    )
    expect(duplicatesOf(imageOf(paths, roles))).toMatchObject({ saved: 500, packages: [{ name: 'grub', saved: 500 }] })
    // It is what they consist of that counts, not what they are called.
    const names = duplicatesOf(imageOf(paths, new Map())).packages.map((some) => some.name)
    expect(names.sort()).toEqual(['etc', 'grub', 'nixos-system-x', 'system-path', 'unit-foo.service'])
  })

  it('is told by names where a saved report does not tell what they consist of', () => {
    expect(duplicatesOf(imageOf(paths)).packages.map((some) => some.name)).toEqual(['grub'])
  })
})
