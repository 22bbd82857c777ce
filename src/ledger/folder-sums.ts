import { oncePer } from '../../parsers/bytes/once-per.ts'
import { type FileTree, hardLinksOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { storedSizes } from './stored-sizes.ts'

/** What lies below a directory. */
export interface FolderSum {
  /** The bytes of the image file that the contents of files take. */
  readonly stored: number
  /** Content bytes of regular files. A file with several names below the directory counts once. */
  readonly size: number
  /** Regular files, counted in the same way. */
  readonly files: number
}

/** The sums of the directories of an image, by their indexes. We compute them once, all together. */
export const folderSums: (open: OpenImage) => (index: number) => FolderSum = oncePer(sumFolders)

function sumFolders(open: OpenImage): (index: number) => FolderSum {
  const { tree } = open.image
  const { count, parents, sizes } = tree
  const stored = new Float64Array(count)
  const size = new Float64Array(count)
  const files = new Float64Array(count)
  const own = storedSizes(open)
  for (let index = 0; index < count; index += 1) {
    if (tree.typeOf(index) !== 'file') continue
    stored[index] = own.ofName(index)
    size[index] = sizes[index]!
    files[index] = 1
  }
  for (const names of hardLinksOf(tree).values()) {
    if (tree.typeOf(names[0]!) !== 'file') continue
    // Each name but the first takes the file away again at the lowest directory that it shares with the name before it.
    // So every directory above counts the file once, because names are in tree order.
    for (let at = 1; at < names.length; at += 1) {
      const shared = sharedParent(tree, names[at - 1]!, names[at]!)
      size[shared]! -= sizes[names[at]!]!
      files[shared]! -= 1
    }
  }
  // Parents precede children.
  for (let index = count - 1; index > 0; index -= 1) {
    const parent = parents[index]!
    stored[parent]! += stored[index]!
    size[parent]! += size[index]!
    files[parent]! += files[index]!
  }
  return (index) => ({ stored: stored[index]!, size: size[index]!, files: files[index]! })
}

/** The lowest directory that contains both entries. */
function sharedParent({ parents }: FileTree, one: number, other: number): number {
  let [a, b] = [parents[one]!, parents[other]!]
  while (a !== b) {
    if (a > b) a = parents[a]!
    else b = parents[b]!
  }
  return a
}
