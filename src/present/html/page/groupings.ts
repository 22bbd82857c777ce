import type { Grouping } from '../../../analyses/grouping.ts'
import { directoriesTree, hasScatteredFiles } from './directories-tree.ts'
import { holdersTree, type ImageModel } from './image-model.ts'
import { packagesTree } from './packages-tree.ts'
import type { Tab, View } from './page-state.ts'
import type { Tree } from './tree.ts'

/** The ways in which the bytes of an image are grouped, as far as they make sense for it. */
export interface Groupings {
  readonly views: readonly (readonly [View, string])[]
  /** Each tree is made when it is first shown. That of a view that the image does not have is by places. */
  treeOf(view: View): Tree
  /** The view that has the files, while another one is shown. */
  filesView(view: View): View
  /** What a page begins with. */
  beginBy(by: Grouping): { readonly view: View; readonly tab: Tab }
}

export function groupingsOf(model: ImageModel): Groupings {
  const { data, owners, places, graph } = model
  const makers = new Map<View, () => Tree>([['places', () => places]])
  const { packages } = owners
  if (packages !== undefined) makers.set('packages', () => packagesTree(model, packages))
  if (hasScatteredFiles(model)) makers.set('directories', () => directoriesTree(model))
  if (graph !== undefined) makers.set('holders', () => holdersTree(model, graph))
  const names: Readonly<Record<View, string>> = {
    // Where every owner is a package, and every package one owner, places are packages.
    places: data.noun[0] === 'package' && packages === undefined ? 'package' : 'place',
    packages: 'package',
    directories: 'directory',
    holders: 'what holds it',
  }
  const trees = new Map<View, Tree>()
  const directories: View = makers.has('directories') ? 'directories' : 'places'
  return {
    views: Array.from(makers.keys(), (view) => [view, names[view]]),
    treeOf(view) {
      const tree = trees.get(view) ?? makers.get(view)?.() ?? places
      trees.set(view, tree)
      return tree
    },
    filesView: (view) => (view === 'directories' ? view : 'places'),
    beginBy(by) {
      switch (by) {
        case 'path':
          return { view: 'places', tab: 'owners' }
        case 'package':
          return packages === undefined ? { view: 'places', tab: 'owners' } : { view: 'packages', tab: 'here' }
        case 'directory':
          return { view: directories, tab: 'here' }
        case 'file':
          return { view: directories, tab: 'files' }
        case 'region':
          return { view: 'places', tab: 'here' }
      }
    },
  }
}
