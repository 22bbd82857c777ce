import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { pathOf } from '../../parsers/image.ts'
import { pathOfImage } from '../images/image-parts.ts'
import type { OpenImage } from '../images/open-image.ts'
import { resolvePath } from '../images/resolve-path.ts'
import { attribute } from '../inventory/attribution.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import { isBelow, isOwnerKey, isPackage } from '../owners/names.ts'
import { entriesOf, type Owner } from '../owners/owner.ts'
import { ownersIn } from '../owners/owners-in.ts'
import { UsageError } from './exit-codes.ts'
import { noMatch, onePath } from './one-path.ts'

/**
 * The path in the image for a store path that a user named in any form that commands accept, with what follows it.
 * @returns undefined if the text is no name of a store path, or if none matches
 * @throws {UsageError} if several store paths match, or if the image lacks one that was given in full
 */
export function pathByOwner(open: OpenImage, typed: string): ByteString | undefined {
  const named = ownerTyped(open, typed)
  if (named === undefined) return undefined
  const { owner, rest } = named
  if (!isPackage(owner.key)) return pathOfOwner(owner) + byteStringOfText(rest)
  if (rest === '') {
    throw new UsageError(`${open.file.name}: '${typed}' is a package; name one of its files, as isoscope ls lists them`)
  }
  // The files of a package lie below the root of its file system, which may have several layers.
  const path = byteStringOfText(rest)
  const inLayer = owner.otherLayers && [...entriesOf(owner)].find((file) => `/${file.path}` === path)
  return pathOfImage(inLayer?.open ?? owner.open) + path
}

/** The package that a user named, and the path of the image that has it; undefined if the text names something else. */
export function packageTyped(
  open: OpenImage,
  typed: string,
): { readonly owner: Owner; readonly imagePath: ByteString } | undefined {
  const named = ownerTyped(open, typed)
  if (named === undefined || named.rest !== '' || !isPackage(named.owner.key)) return undefined
  return { owner: named.owner, imagePath: pathOfImage(named.owner.open) }
}

/** The owner that a text names, and the path in it. */
function ownerTyped(open: OpenImage, typed: string): { readonly owner: Owner; readonly rest: string } | undefined {
  const named = splitTyped(typed, ownersIn(open).model.directory)
  if (named === undefined) return undefined
  const { pattern, rest, isFull } = named
  // Behind a file of the image it is a path in that file, not the name of a store path.
  const [top] = typed.split('/').filter((name) => name !== '' && name !== '.')
  const at = resolvePath(open, `/${byteStringOfText(top ?? '')}`)
  if (!('missing' in at) && at.entry.type === 'file') return undefined
  const { owners } = ownersIn(open)
  const keys = [...owners.keys()]
  const image = open.file.name
  const paths = { image, keys, sizes: () => ownerTotals(attribute(open).accounts) }
  const found = onePath(paths, pattern)
  if (found === undefined) {
    if (isFull && owners.size > 0) throw new UsageError(`${image}: ${noMatch(paths, pattern)}`)
    return undefined
  }
  return { owner: owners.get(keys[found]!)!, rest }
}

/** The path in the image of the first entry of an owner. */
export function pathOfOwner({ open, entry }: Owner): ByteString {
  return pathOfImage(open) + pathOf(open.image.tree, entry)
}

/** What a user typed, as the name of a store path and a path inside it. */
interface Typed {
  readonly pattern: string
  /** '' or a path that begins with a slash. */
  readonly rest: string
  /** Whether it is the full name of a store path, so that it means nothing else. */
  readonly isFull: boolean
}

function splitTyped(typed: string, directory: ByteString): Typed | undefined {
  const names = typed.split('/').filter((name) => name !== '' && name !== '.')
  const key = names.findIndex((name) => isOwnerKey(byteStringOfText(name)))
  const isFull = key >= 0 || (typed.startsWith('/') && isBelow(directory, `/${names.join('/')}`))
  if (!isFull && typed.startsWith('/')) return undefined
  const at = key >= 0 ? key : isFull ? directory.split('/').length - 1 : 0
  const pattern = names[at]
  if (pattern === undefined) return undefined
  const rest = names.slice(at + 1).map((name) => `/${name}`)
  return { pattern, rest: rest.join('') + (typed.endsWith('/') ? '/' : ''), isFull }
}
