import type { OpenImage } from '../images/open-image.ts'
import { type Costs, costsOf } from './costs.ts'

/** What the bytes of an image cost in the image file. */
export function costsIn(open: OpenImage): Costs | undefined {
  let outermost = open
  while (outermost.outer !== undefined) outermost = outermost.outer.open
  return costsOf(open.image.source, outermost.file)
}

/** The part of a file that is an image, or that unpacks to it. Offset and size are bytes of the file. */
export interface PartOfFile {
  readonly offset: number
  readonly size: number
  /** Whether it holds the bytes of the image as they are. If not, these lie at no place of the file. */
  readonly isStored: boolean
}

/** The part of its file that an outermost image takes. */
export function partOfFile({ image, file }: Pick<OpenImage, 'image' | 'file'>): PartOfFile {
  let at = { source: image.source, offset: 0, size: image.source.size, isStored: true }
  while (at.source !== file) {
    const { origin } = at.source
    if (origin.kind === 'slice') at = { ...at, source: origin.source, offset: at.offset + origin.offset }
    else if (origin.kind === 'stream') {
      at = { source: origin.source, offset: 0, size: origin.source.size, isStored: false }
    } else break
  }
  const { offset, size, isStored } = at
  return { offset, size, isStored }
}
