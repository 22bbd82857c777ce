import { type ByteSource, sliceSource } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { formatOf } from '../formats.ts'
import { type Container, findContainer } from './container.ts'

/** An image that we read, and where it lies in a source. */
export interface FoundImage {
  readonly format: Format
  /** Bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** The container around it, if it does not begin with the source. */
  readonly container?: Container
}

/** The image that a source is, or that it holds at a place it names; undefined if there is none. */
export function recogniseImage(source: ByteSource): FoundImage | undefined {
  const container = findContainer(source)
  const part = container ?? { offset: 0, size: source.size }
  const found = formatOf(sourceOf(source, part))
  if (found === undefined) return undefined
  const { offset, size } = part
  return { format: found.format, offset, size, ...(container === undefined ? {} : { container }) }
}

/** The part of a source that is the image. */
export function sourceOf(source: ByteSource, { offset, size }: Pick<FoundImage, 'offset' | 'size'>): ByteSource {
  return offset === 0 && size === source.size ? source : sliceSource(source, offset, size, source.name)
}
