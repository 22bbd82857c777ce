import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type SizeNode, sizeTree } from '../../src/analyses/size-tree.ts'
import { openImage } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { IMAGES } from '../cli/run.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs|erofs)$/.test(name))

function* nodesOf(node: SizeNode): Generator<SizeNode> {
  yield node
  for (const below of node.below.values()) yield* nodesOf(below)
}

function ownOf(node: SizeNode): number {
  return Array.from(nodesOf(node)).reduce((sum, { own }) => sum + own, 0)
}

describe('every byte of an image as a tree', () => {
  it.each(images)('adds up to the file, and each account to its node: %s', async (name) => {
    const open = openImage(`${IMAGES}${name}`)
    try {
      const inventory = await takeInventoryOf(open, { inside: true })
      const { accounts } = inventory.attribution
      for (const from of [open, undefined]) {
        const tree = sizeTree(inventory, from)
        expect(ownOf(tree)).toBe(inventory.image.size)
        expect(tree.unpacked).toBe(accounts.reduce((sum, { unpacked }) => sum + unpacked, 0))
        for (const { region, owner, own, unpacked } of accounts) {
          if (owner === undefined) continue
          const top = region === '/' ? tree : tree.below.get(region)!
          const node = top.below.get(owner)!
          expect({ kind: node.kind, own: ownOf(node), unpacked: node.unpacked }).toEqual({
            kind: 'owner',
            own,
            unpacked,
          })
        }
      }
    } finally {
      open.close()
    }
  })

  it('has the files of owners with their own bytes, and what is in an initrd', async () => {
    const open = openImage(`${IMAGES}mini.iso`)
    try {
      const inventory = await takeInventoryOf(open, { inside: true })
      const tree = sizeTree(inventory, open)
      const store = tree.below.get('/nix-store.squashfs')!
      const perl = [...store.below.values()].find(({ name }) => name.endsWith('-perl-5.42.0'))!
      expect([...perl.below.keys()]).toContain('bin')
      expect([...nodesOf(perl)].some(({ kind, own }) => kind === 'file' && own > 0)).toBe(true)
      const initrd = [...nodesOf(tree)].find(({ name, kind }) => name === 'initrd' && kind !== 'owner')!
      const inside = inventory.inside!.images.find(({ path }) => path.endsWith('/initrd'))!
      expect([...initrd.below.values()].some(({ kind }) => kind === 'owner')).toBe(true)
      expect(ownOf(initrd)).toBe(inside.own)
    } finally {
      open.close()
    }
  })
})
