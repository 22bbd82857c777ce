import { type ByteString, textOf } from '../../../parsers/bytes/byte-string.ts'
import { printable } from '../text/printable.ts'
import { base64 } from './base64.ts'

/** A path or name as text. If it is not UTF-8, we escape it and add its bytes in base64. */
export function named(key: string, bytes: ByteString): Record<string, string> {
  const json: Record<string, string> = {}
  setNamed(json, key, bytes)
  return json
}

/** Adds what `named` returns to an object. */
export function setNamed(json: Record<string, unknown>, key: string, bytes: ByteString): void {
  const text = textOf(bytes)
  json[key] = text ?? printable(bytes)
  if (text === undefined) json[`${key}Base64`] = base64(bytes)
}

/** A path or name as text if it is UTF-8, else its bytes in base64. `bytesOfJson` reads it back. */
export function textOrBytes(bytes: ByteString): string | { readonly base64: string } {
  return textOf(bytes) ?? { base64: base64(bytes) }
}

/** The further paths of a hard-linked file, each from `textOrBytes`; nothing for other files. */
export function otherNamesJson(otherNames: readonly ByteString[] | undefined): {
  otherNames?: ReturnType<typeof textOrBytes>[]
} {
  return otherNames === undefined || otherNames.length === 0 ? {} : { otherNames: otherNames.map(textOrBytes) }
}
