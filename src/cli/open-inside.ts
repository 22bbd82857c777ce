import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { partNamed, pathOfPart } from '../images/image-parts.ts'
import { type OpenImage, type OpenOptions, openInside, openPart } from '../images/open-image.ts'
import { printable, unescaped } from '../present/text/printable.ts'
import { choicesOf } from './choices.ts'
import { UsageError } from './exit-codes.ts'
import { normalPath, resolveNamed } from './named-path.ts'

/** Words for images inside, and the formats that they stand for. */
const WORDS: ReadonlyMap<string, { readonly format: string; readonly noun: string; readonly several: string }> =
  new Map([
    ['initrd', { format: 'initrd', noun: 'initrd', several: 'initrds' }],
    ['kernel', { format: 'kernel', noun: 'kernel', several: 'kernels' }],
    ['efi', { format: 'fat', noun: 'EFI file system', several: 'EFI file systems' }],
  ])

/**
 * Opens the image that `--in` names: a path, the name of a part outside the tree, or a word for the only image of its
 * kind.
 * @throws {UsageError} if the image has no such file, or several, or if the file holds no image
 */
export function openInsideNamed(open: OpenImage, name: string, options: OpenOptions, path: string): OpenImage {
  try {
    return insideNamed(open, name, options, path)
  } catch (error) {
    open.close()
    throw error
  }
}

function insideNamed(open: OpenImage, name: string, options: OpenOptions, path: string): OpenImage {
  const word = WORDS.get(name)
  if (word !== undefined) {
    const found = imagesOfFormat(open, word.format)
    const [first] = found
    if (found.length > 1) {
      const paths = choicesOf(found.map((file) => file.path))
      throw new UsageError(
        `${path}: --in ${name}: there are ${found.length} ${word.several}; give the path of one:`,
        paths,
      )
    }
    if (first !== undefined) return first.open(options, path)
    throw new UsageError(`${path}: --in ${name}: found no ${word.noun} in it; give the path of the file`)
  }
  const part = partNamed(open.image, byteStringOfText(name)) ?? partNamed(open.image, unescaped(name))
  if (part !== undefined) {
    if (open.formatOfPart(part) !== undefined) return openPart(open, part, options, path)
    throw new UsageError(`${path}: --in: ${printable(part.name)} holds no image to look into`)
  }
  const at = resolveNamed(open, normalPath(name))
  if (at.entry.type !== 'file') throw new UsageError(`${path}: --in: ${printable(name)} is not a file`)
  try {
    return openInside(at.open, at.entry, options, path)
  } catch (error) {
    if (!(error instanceof FormatError && error.code === 'UNSUPPORTED')) throw error
    throw new UsageError(`${path}: --in: ${printable(name)} is a file, and holds no image to look into`)
  }
}

/** An image inside, and how to open it as if it stood by itself. */
interface Choice {
  readonly path: ByteString
  open(options: OpenOptions, path: string): OpenImage
}

/** The files and parts of an image that are images of a format, each once, by the first of their names. */
function imagesOfFormat(open: OpenImage, format: string): Choice[] {
  const { tree, parts = [] } = open.image
  const pathOf = pathBuilder(tree)
  const found = new Map<number, Choice>()
  for (const index of open.tried) {
    if (open.formatOf(index)?.name !== format || found.has(tree.identities[index]!)) continue
    found.set(tree.identities[index]!, {
      path: pathOf(index),
      open: (options, path) => openInside(open, tree.entry(index), options, path),
    })
  }
  const inParts = parts
    .filter((part) => open.formatOfPart(part)?.name === format)
    .map((part) => ({
      path: pathOfPart(part),
      open: (options: OpenOptions, path: string) => openPart(open, part, options, path),
    }))
  return [...found.values(), ...inParts]
}
