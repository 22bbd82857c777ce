import type { OpenImage } from '../images/open-image.ts'
import { type Costs, costsOf } from './costs.ts'

/** What the bytes of an image cost in the image file. */
export function costsIn(open: OpenImage): Costs | undefined {
  let outermost = open
  while (outermost.outer !== undefined) outermost = outermost.outer.open
  return costsOf(open.image.source, outermost.file)
}

/** The bytes that an outermost image takes in its file: the whole file, if that is compressed. */
export function bytesInFile(open: OpenImage): number {
  return costsIn(open) === undefined ? open.image.source.size : open.file.size
}
