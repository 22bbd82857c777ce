import { type ByteSource, sliceSource } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { formatOf } from '../formats.ts'
import { type Container, findContainer } from './container.ts'

/** Where in a source an image lies that is read here. */
export interface FoundImage {
  readonly format: Format
  /** Bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** What it is wrapped in, where it does not begin with the source. */
  readonly container?: Container
}

/** The image that a source is, or holds at a place it names; undefined where there is none. */
export function recogniseImage(source: ByteSource): FoundImage | undefined {
  const container = findContainer(source)
  const part = container ?? { offset: 0, size: source.size }
  const found = formatOf(sourceOf(source, part))
  if (found === undefined) return undefined
  const { offset, size } = part
  return { format: found.format, offset, size, ...(container === undefined ? {} : { container }) }
}

/** What of a source the image is. */
export function sourceOf(source: ByteSource, { offset, size }: Pick<FoundImage, 'offset' | 'size'>): ByteSource {
  return offset === 0 && size === source.size ? source : sliceSource(source, offset, size, source.name)
}
