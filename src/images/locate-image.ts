import { type ByteSource, checkRange, sliceSource } from '../../parsers/bytes/source.ts'
import { compressedImage } from '../../parsers/detect/compressed-image.ts'
import { type Container, findContainer } from '../../parsers/detect/container.ts'
import { findImage, UnrecognisedFile } from '../../parsers/detect/find-image.ts'
import { type FoundImage, sourceOf } from '../../parsers/detect/found-image.ts'
import type { Format } from '../../parsers/format.ts'

/** Where in a file the image lies that we open. */
export interface LocatedImage {
  readonly format: Format
  /** The part of the file that is the image, or that unpacks to the image. */
  readonly source: ByteSource
  /** The name of the tool if the image is compressed as a whole. The format is then what its first bytes show. */
  readonly compression?: string
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
  let found: FoundImage
  try {
    found = findImage(rest, path)
  } catch (error) {
    const compressed = error instanceof UnrecognisedFile ? compressedImage(rest) : undefined
    if (compressed === undefined) throw error
    return { ...compressed, source: rest }
  }
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
