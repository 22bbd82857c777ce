import type { Exploration } from '../../analyses/exploration.ts'
import type { Folder } from '../../analyses/folder.ts'
import { GROUPINGS, type Grouping } from '../../analyses/grouping.ts'
import type { List } from './list.ts'

/** The groupings that an image has, in the order of the key that changes them. */
export function groupingsOf(exploration: Exploration): readonly Grouping[] {
  const owners = exploration.sizes.graph.keys.length
  return GROUPINGS.filter((by) => {
    if (by === 'path') return owners > 0
    if (by === 'package') return exploration.packages().length < owners
    return by !== 'file' || exploration.hasFiles
  })
}

/** The grouping that a list begins; undefined for the first list of another view. */
export function groupingOf(list: List): Grouping | undefined {
  switch (list.kind) {
    case 'all':
      return 'path'
    case 'packages':
      return 'package'
    case 'folder':
      return 'directory'
    case 'files':
      return 'file'
    case 'regions':
      return 'region'
    default:
      return undefined
  }
}

/** The first list of a grouping. */
export function listBy(exploration: Exploration, by: Grouping): List {
  const directories = (folder: Folder) => ({ kind: 'folder', folder, path: '', owner: undefined }) as const
  switch (by) {
    case 'path':
      return { kind: 'all' }
    case 'package':
      return { kind: 'packages' }
    case 'directory':
      return directories(exploration.imageFolder())
    case 'file':
      return { kind: 'files', below: directories(exploration.filesFolder()) }
    case 'region':
      return { kind: 'regions' }
  }
}
