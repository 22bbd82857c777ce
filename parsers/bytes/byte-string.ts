/**
 * A string in which every character stands for one byte (0..255). An image does not say how it encodes names and link
 * targets. As byte strings they compare and sort as bytes, cost one byte a character, and lose nothing.
 */
export type ByteString = string

/** Node's own conversion is ten times as fast as the portable one. A browser does not have it. */
const NodeBuffer = (globalThis as { Buffer?: BufferOfNode }).Buffer

/** What we use of Node's `Buffer`. */
interface BufferOfNode {
  from(
    memory: ArrayBufferLike,
    offset: number,
    length: number,
  ): { toString(as: 'latin1', start: number, end: number): string }
}

/** The bytes [start, end) of `bytes`. */
export function byteString(bytes: Uint8Array, start = 0, end: number = bytes.length): ByteString {
  if (NodeBuffer !== undefined) {
    return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end)
  }
  return portableByteString(bytes, start, end)
}

/** The version of `byteString` for browsers. */
export function portableByteString(bytes: Uint8Array, start: number, end: number): ByteString {
  let text = ''
  // fromCharCode takes its characters as arguments, and engines allow only some tens of thousands.
  for (let at = start; at < end; at += 4096) {
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, Math.min(at + 4096, end)))
  }
  return text
}

/** The bytes of a byte string. */
export function bytesOf(text: ByteString): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}

/** The UTF-8 encoding of ordinary text, as a byte string. We look up the paths that a user types with it. */
export function byteStringOfText(text: string): ByteString {
  return isAscii(text) ? text : byteString(new TextEncoder().encode(text))
}

/** The text that a byte string encodes in UTF-8, or undefined when it is not UTF-8. */
export function textOf(bytes: ByteString): string | undefined {
  if (isAscii(bytes)) return bytes
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(bytes))
  } catch {
    return undefined
  }
}

/**
 * Characters that move the cursor, start an escape sequence, or reorder the text around them: C0, DEL and C1 controls,
 * line separators, bidirectional overrides and isolates.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters
export const UNSAFE: RegExp = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A name from an image, for a message. It is `quoted` if it is not UTF-8 or contains control characters. */
export function readable(bytes: ByteString): string {
  const text = textOf(bytes)
  return text === undefined || text.search(UNSAFE) >= 0 ? quoted(bytes) : text
}

/** The most bytes of a name that a message shows. */
const LONGEST_QUOTED = 120

/** A name from an image, in quotes, for a message. Every byte that is not printable ASCII becomes \\xff. */
export function quoted(bytes: ByteString): string {
  const shown = bytes.length > LONGEST_QUOTED ? `${bytes.slice(0, LONGEST_QUOTED)}...` : bytes
  return `"${shown.replace(/[^ !#-[\]-~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}
