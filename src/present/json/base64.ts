import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { ShapeError } from '../../inventory/json-shape.ts'

/** Bytes in base64. */
export function base64(bytes: ByteString): string {
  return btoa(bytes)
}

/** Reads the output of `base64`. @throws {ShapeError} for other text */
export function bytesOfBase64(text: string): ByteString {
  try {
    return atob(text)
  } catch {
    throw new ShapeError({ place: '', problem: `has bytes that are not base64: ${JSON.stringify(text.slice(0, 40))}` })
  }
}
