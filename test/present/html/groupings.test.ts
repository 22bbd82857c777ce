import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { fileGroups } from '../../../src/analyses/report-groups.ts'
import { sizeTree } from '../../../src/analyses/size-tree.ts'
import { sizedPaths } from '../../../src/analyses/sized-paths.ts'
import { type OpenImage, openImage, openSource } from '../../../src/images/open-image.ts'
import { takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { imageDocument } from '../../../src/present/html/image-document.ts'
import { directoriesTree, hasScatteredFiles } from '../../../src/present/html/page/directories-tree.ts'
import { groupingsOf } from '../../../src/present/html/page/groupings.ts'
import { type ImageModel, imageModel } from '../../../src/present/html/page/image-model.ts'
import { packagesTree } from '../../../src/present/html/page/packages-tree.ts'
import { nodeAt, ownerAbove, pathTo, type Tree } from '../../../src/present/html/page/tree.ts'
import type { PageImage } from '../../../src/present/html/page-data.ts'
import { IMAGES } from '../../cli/run.ts'
import { SMALL_DEBIAN } from '../../owners/dpkg/small-debian.ts'
import { NIX_ON_DEBIAN, STORE_KEYS } from '../../owners/nix-on-debian.ts'
import { squashfsOf } from '../../parsers/squashfs/writer.ts'

const debian = () => openSource(bytesSource(squashfsOf(SMALL_DEBIAN), 'debian.squashfs'))
const mixed = () => openSource(bytesSource(squashfsOf(NIX_ON_DEBIAN), 'mixed.squashfs'))

async function modelOf(open: OpenImage, hasFiles = true): Promise<ImageModel> {
  const inventory = await takeInventoryOf(open, { files: true, inside: true, outside: true })
  const document = imageDocument(inventory, sizeTree(inventory, hasFiles ? open : undefined))
  // As a page gets it.
  return imageModel(JSON.parse(JSON.stringify(document)) as PageImage)
}

/** The bytes of each file by its path, as a tree has them. */
const filesOf = (tree: Tree): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from({ length: tree.count }, (_, node) => node)
      .filter((node) => tree.kinds[node] === 'f')
      .map((node) => [`/${pathTo(tree, node)}`, tree.own[node]!]),
  )

describe('the page by directories', () => {
  it.each([
    ['Debian', debian],
    ['Nix on Debian', mixed],
  ])('has the files and the sums that the report has: %s', async (_, image) => {
    const open = image()
    const model = await modelOf(open)
    expect(hasScatteredFiles(model)).toBe(true)
    const tree = directoriesTree(model)
    expect(tree.total[0]).toBe(open.file.size)
    expect(tree.unpacked[0]).toBe(model.places.unpacked[0])
    const { accounts } = (await takeInventoryOf(open)).attribution
    const rows = fileGroups(sizedPaths(open, accounts)).rows(0)
    const files = filesOf(tree)
    for (const { path, own, files: count } of rows) if (count > 0) expect([path, files[path]]).toEqual([path, own])
    expect(Object.keys(files)).toHaveLength(rows.filter(({ files: count }) => count > 0).length)
    const below = (path: string): number =>
      rows.reduce((sum, row) => sum + (`${row.path}/`.startsWith(`${path}/`) ? row.own : 0), 0)
    for (const path of ['/usr', '/usr/bin', '/usr/lib/x86_64-linux-gnu', '/var/lib']) {
      expect([path, tree.total[nodeAt(tree, path.slice(1))]]).toEqual([path, below(path)])
    }
  })

  it('says whose a file is', async () => {
    const model = await modelOf(mixed())
    const tree = directoriesTree(model)
    const ownerOf = (path: string): string => model.owners.labels[ownerAbove(tree, nodeAt(tree, path))] ?? 'nobody'
    expect(ownerOf('usr/bin/bash')).toBe('bash 5.2.15-2')
    expect(ownerOf(`nix/store/${STORE_KEYS[2]}/bin/bash`)).toBe('bash-5.3')
    expect(ownerOf('etc/machine-id')).toBe('nobody')
    expect(pathTo(tree, nodeAt(tree, `nix/store/${STORE_KEYS[2]}/bin/bash`))).toBe(
      `nix/store/${STORE_KEYS[2]}/bin/bash`,
    )
  })

  it('is offered where places are no directories, and where files are known', async () => {
    const views = async (model: Promise<ImageModel>) => groupingsOf(await model).views.map(([, name]) => name)
    const open = openImage(`${IMAGES}mini.iso`)
    expect(await views(modelOf(open))).toEqual(['place', 'package', 'what holds it'])
    open.close()
    expect(await views(modelOf(debian()))).toEqual(['place', 'package', 'directory', 'what holds it'])
    expect(await views(modelOf(debian(), false))).toEqual(['place', 'package', 'what holds it'])
  })
})

describe('the page by packages', () => {
  it('has one node for the architectures of a package, and adds up', async () => {
    const open = mixed()
    const model = await modelOf(open)
    const tree = packagesTree(model, model.owners.packages!)
    expect(tree.total[0]).toBe(open.file.size)
    const libc = nodeAt(tree, 'libc6')
    const libraries = model.owners.labels.flatMap((label, owner) => (label.startsWith('libc6') ? owner : []))
    expect(libraries).toHaveLength(2)
    expect(tree.total[libc]).toBe(libraries.reduce((sum, owner) => sum + model.owners.own[owner]!, 0))
    // Bash of Debian and Bash of Nix are two.
    expect(tree.names.filter((name) => name.startsWith('bash'))).toEqual(['bash-5.3', 'bash 5.2.15-2'])
  })
})

describe('--by of a page', () => {
  it('begins with what makes sense for the image', async () => {
    const begin = async (model: Promise<ImageModel>) => {
      const { beginBy } = groupingsOf(await model)
      return (['path', 'package', 'directory', 'file', 'region'] as const).map((by) =>
        Object.values(beginBy(by)).join(' '),
      )
    }
    expect(await begin(modelOf(debian()))).toEqual([
      'places owners',
      'packages here',
      'directories here',
      'directories files',
      'places here',
    ])
    const plain = openImage(`${IMAGES}plain.iso`)
    expect((await begin(modelOf(plain))).slice(2)).toEqual(['places here', 'places files', 'places here'])
    plain.close()
  })
})
