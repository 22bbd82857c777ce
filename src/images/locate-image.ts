import { type ByteSource, checkRange, sliceSource } from '../../parsers/bytes/source.ts'
import { type Container, findContainer } from '../../parsers/detect/container.ts'
import { findImage } from '../../parsers/detect/find-image.ts'
import { sourceOf } from '../../parsers/detect/found-image.ts'
import type { Format } from '../../parsers/format.ts'

/** Where in a file the image lies that we open. */
export interface LocatedImage {
  readonly format: Format
  /** The part of the file that is the image. */
  readonly source: ByteSource
  /** The container of the image; the offsets of its parts count from the start of the file. */
  readonly container?: Container
}

/**
 * Finds the image in a file: at `offset`, or further on if the container at `offset` says so.
 * @param path the file as the user named it
 * @throws {FormatError} as `findImage`, and TRUNCATED for an offset after the end
 */
export function locateImage(file: ByteSource, offset: number, path: string): LocatedImage {
  checkRange(file, offset, 0, 'image')
  const rest = offset === 0 ? file : sliceSource(file, offset, file.size - offset, file.name)
  const found = findImage(rest, path)
  const source = sourceOf(file, { offset: offset + found.offset, size: found.size })
  const { format } = found
  if (found.container !== undefined) return { format, source, container: moved(found.container, offset) }
  // The user may give the offset of an image whose container also states it.
  const around = offset > 0 ? findContainer(file) : undefined
  return around?.offset === offset ? { format, source: sourceOf(file, around), container: around } : { format, source }
}

function moved(container: Container, by: number): Container {
  if (by === 0) return container
  const parts = container.parts.map((part) => ({ ...part, offset: part.offset + by }))
  return { ...container, offset: container.offset + by, parts }
}
