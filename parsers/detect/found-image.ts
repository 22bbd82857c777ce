import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { isIso9660 } from '../iso9660/index.ts'
import { startsLikeSquashfs } from '../squashfs/index.ts'
import { type Container, findContainer } from './container.ts'

/** Where in a source an image lies that is read here. */
export interface FoundImage {
  readonly format: 'iso9660' | 'squashfs'
  /** Bytes from the start of the source. */
  readonly offset: number
  readonly size: number
  /** What it is wrapped in, where it does not begin with the source. */
  readonly container?: Container
}

/** The image that a source is, or holds at a place it names; undefined where there is none. */
export function recogniseImage(source: ByteSource): FoundImage | undefined {
  const whole = { offset: 0, size: source.size }
  if (startsLikeSquashfs(source)) return { format: 'squashfs', ...whole }
  const container = findContainer(source)
  if (container !== undefined) {
    return { format: 'squashfs', offset: container.offset, size: container.size, container }
  }
  return isIso9660(source) ? { format: 'iso9660', ...whole } : undefined
}

/** What of a source the image is. */
export function sourceOf(source: ByteSource, { offset, size }: Pick<FoundImage, 'offset' | 'size'>): ByteSource {
  return offset === 0 && size === source.size ? source : sliceSource(source, offset, size, source.name)
}
