import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hardLinksOf } from '../../parsers/image.ts'
import { openImage } from '../../src/images/open-image.ts'
import { folderSums } from '../../src/ledger/folder-sums.ts'
import { storedSizes } from '../../src/ledger/stored-sizes.ts'

const IMAGES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

describe('sums of directories', () => {
  it.each(['mini.iso', 'zstd.squashfs', 'gensquashfs.squashfs', 'rockridge.iso', 'deep.iso'])(
    'are those of a walk from each file of %s to the root',
    (name) => {
      const open = openImage(`${IMAGES}${name}`)
      const { tree } = open.image
      const own = storedSizes(open)
      const below = Array.from({ length: tree.count }, () => ({ stored: 0, files: new Map<number, number>() }))
      for (let index = 0; index < tree.count; index += 1) {
        if (tree.typeOf(index) !== 'file') continue
        for (let at = tree.parents[index]!; ; at = tree.parents[at]!) {
          below[at]!.stored += own.ofName(index)
          below[at]!.files.set(tree.identities[index]!, tree.sizes[index]!)
          if (at === 0) break
        }
      }
      for (const [index, { stored, files }] of below.entries()) {
        if (tree.typeOf(index) !== 'directory') continue
        const size = [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
        expect(folderSums(open)(index), String(index)).toEqual({ stored, size, files: files.size })
      }
      open.close()
    },
  )

  it('have hard links in several directories to count once', () => {
    const open = openImage(`${IMAGES}zstd.squashfs`)
    const { tree } = open.image
    const spread = [...hardLinksOf(tree).values()].filter(
      (names) => new Set(names.map((name) => tree.parents[name])).size > 1,
    )
    expect(spread.length).toBeGreaterThan(0)
    open.close()
  })
})
