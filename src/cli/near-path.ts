import { type ByteString, readable } from '../../parsers/bytes/byte-string.ts'
import { shellWord } from '../../parsers/detect/foreign-file.ts'
import type { OpenImage } from '../images/open-image.ts'
import { asFolder, resolvePath } from '../images/resolve-path.ts'
import { printable } from '../present/text/printable.ts'
import { nearest } from './nearest.ts'

/**
 * What the user may have meant by a path that the image does not have, as the end of a sentence; '' if we have no idea.
 * @param missing the part of the path that does not exist
 * @param typed what the user typed
 */
export function nearPath(open: OpenImage, missing: ByteString, typed: string): string {
  const folder = missing.slice(0, missing.lastIndexOf('/'))
  const near = nearest(readable(missing.slice(folder.length + 1)), namesIn(open, folder))
  if (near !== undefined) return `; did you mean ${printable(folder)}/${near}?`
  // One word may be the name of a file that lies anywhere, and several the end of its path.
  const isRelative = /^[\w.+-]+(?:\/[\w.+-]+)*$/.test(typed) && missing === `/${typed.split('/')[0]}`
  const glob = typed.includes('/') ? typed : `*${typed}*`
  return isRelative ? `; isoscope ls ${shellWord(open.file.name)} --find '${glob}' looks everywhere` : ''
}

/** The names in a directory of the image, or at the top of an image inside; none if it is neither. */
function namesIn(open: OpenImage, path: ByteString): readonly string[] {
  const found = resolvePath(open, path)
  const folder = 'missing' in found ? undefined : asFolder(found, path)
  if (folder === undefined) return []
  const { tree } = folder.open.image
  const names: string[] = []
  // The root is its own parent.
  for (let index = 1; index < tree.count; index += 1) {
    if (tree.parents[index] === folder.entry.index) names.push(readable(tree.nameOf(index)))
  }
  return names
}
