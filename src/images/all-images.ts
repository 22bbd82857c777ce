import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { pathOfPart } from './image-parts.ts'
import type { OpenImage } from './open-image.ts'

/** An image, and where it is. */
export interface FoundImage {
  readonly open: OpenImage
  /** The path of its file, or of its part, in the outermost image; '' for that one. */
  readonly path: ByteString
}

/**
 * An image and all images in it that we look for without being asked, at every depth: those with accounts of their own,
 * those that are one account, and those in parts of the outermost image outside its tree.
 */
export function allImages(outermost: OpenImage): readonly FoundImage[] {
  const found: FoundImage[] = []
  const met = new Set<OpenImage>()
  const visit = (open: OpenImage, path: ByteString): void => {
    if (met.has(open)) return
    met.add(open)
    found.push({ open, path })
    const pathOf = pathBuilder(open.image.tree, path)
    for (const index of open.tried) {
      const inner = open.inside(index) ?? open.insideFile(index)
      if (inner !== undefined) visit(inner, pathOf(index))
    }
  }
  visit(outermost, '')
  for (const part of outermost.image.parts ?? []) {
    const inner = outermost.insidePart(part)
    if (inner !== undefined) visit(inner, pathOfPart(part))
  }
  return found
}
