import { startSha256 } from '../../../parsers/checksums/sha256.ts'

/**
 * A UUID of a document, from its text. So two runs write the same document, and documents that differ have different
 * UUIDs. It is of version 8, for UUIDs that applications make in their own way (RFC 9562, 5.8).
 */
export function documentUuid(pieces: readonly string[]): string {
  const running = startSha256()
  const encoder = new TextEncoder()
  for (const piece of pieces) {
    const bytes = encoder.encode(piece)
    running.update(bytes, 0, bytes.length)
  }
  const bytes = running.digest().slice(0, 16)
  // RFC 9562, 4.2 and 4.1.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
