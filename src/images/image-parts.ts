import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Image, type ImagePart, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from './open-image.ts'

/** The path of a part of an image outside its tree: its name in brackets. */
export function pathOfPart({ name }: ImagePart): ByteString {
  return `/[${name}]`
}

/**
 * The part that a user names: by all of its name, or by the words before one of its commas or parentheses, if no other
 * part begins with them. The name may be in brackets.
 */
export function partNamed({ parts = [] }: Image, given: ByteString): ImagePart | undefined {
  const name = /^\/?\[(.*)\]\/?$/s.exec(given)?.[1] ?? given
  const begins = (part: ImagePart): boolean => [`${name},`, `${name} (`].some((words) => part.name.startsWith(words))
  const found = parts.filter((part) => part.name === name || begins(part))
  return found.find((part) => part.name === name) ?? (found.length === 1 ? found[0] : undefined)
}

/** The part that a path begins with, and the rest of the path; undefined if it begins with none. */
export function partAt(image: Image, path: ByteString): { part: ImagePart; rest: ByteString } | undefined {
  if (image.parts === undefined || !path.startsWith('[')) return undefined
  // A name may have a bracket, or a slash.
  for (let end = path.length; end > 0; end = path.lastIndexOf(']', end - 2) + 1) {
    if (end < path.length && path[end] !== '/') continue
    const part = path[end - 1] === ']' ? partNamed(image, path.slice(0, end)) : undefined
    if (part !== undefined) return { part, rest: path.slice(end + 1) }
  }
  return undefined
}

/** The path of an image inside, in the outermost one; '' for that one. */
export function pathOfImage({ outer }: OpenImage): ByteString {
  if (outer === undefined) return ''
  const { open } = outer
  return pathOfImage(open) + ('part' in outer ? pathOfPart(outer.part) : pathOf(open.image.tree, outer.entry))
}
