import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { type Entry, type Image, indexChildren } from '../../parsers/image.ts'
import { partAt, pathOfPart } from './image-parts.ts'
import type { OpenImage } from './open-image.ts'

/** An entry that we found by its path, in the image that holds it. */
export interface Resolved {
  readonly open: OpenImage
  readonly entry: Entry
  /** The path of that image inside the outermost one; '' for the outermost image. */
  readonly imagePath: ByteString
}

const childIndexOf = oncePer(({ tree }: Image) => indexChildren(tree))

/** The children of a directory, in tree order. */
export function childrenOf(image: Image, entry: Entry): readonly Entry[] {
  const index = childIndexOf(image)
  const children = index.list.subarray(index.start[entry.index]!, index.start[entry.index + 1]!)
  return Array.from(children, (child) => image.tree.entry(child))
}

/**
 * Finds the entry at a path. A path may continue into a file that is itself an image, and into a part of an image
 * outside its tree: "/[EFI boot image]/EFI". We do not follow links.
 * @returns the entry, or the part of the path that exists
 */
export function resolvePath(open: OpenImage, path: ByteString): Resolved | { readonly missing: ByteString } {
  let at: Resolved = { open, entry: open.image.tree.entry(0), imagePath: '' }
  let walked = ''
  let rest = path
  while (rest !== '') {
    const slash = rest.indexOf('/')
    const name = slash < 0 ? rest : rest.slice(0, slash)
    const after = slash < 0 ? '' : rest.slice(slash + 1)
    if (name === '' || name === '.') {
      rest = after
      continue
    }
    const folder = asFolder(at, walked)
    const child =
      folder === undefined ? undefined : childrenOf(folder.open.image, folder.entry).find((c) => c.name === name)
    const part = child === undefined && folder?.entry.index === 0 ? partAt(folder.open.image, rest) : undefined
    if (folder !== undefined && part !== undefined) {
      walked += pathOfPart(part.part)
      const inside = folder.open.insidePart(part.part)
      if (inside === undefined) return { missing: walked }
      at = { open: inside, entry: inside.image.tree.entry(0), imagePath: walked }
      rest = part.rest
      continue
    }
    walked += `/${name}`
    if (folder === undefined || child === undefined) return { missing: walked }
    at = { ...folder, entry: child }
    rest = after
  }
  // A slash at the end asks for the content.
  if (path.endsWith('/') && at.entry.type === 'file') return asFolder(at, walked) ?? { missing: `${walked}/` }
  return at
}

/** The directory itself, or the root of the image that a file holds; else undefined. */
export function asFolder(at: Resolved, path: ByteString): Resolved | undefined {
  if (at.entry.type === 'directory') return at
  const nested = at.open.nested(at.entry)
  return nested === undefined ? undefined : { open: nested, entry: nested.image.tree.entry(0), imagePath: path }
}
