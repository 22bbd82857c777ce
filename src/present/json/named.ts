import { type ByteString, bytesOf, textOf } from '../../../parsers/bytes/byte-string.ts'
import { printable } from '../text/printable.ts'

/** A path or name as text; when it is not UTF-8, escaped, with its bytes in base64 beside it. */
export function named(key: string, bytes: ByteString): Record<string, string> {
  const text = textOf(bytes)
  return text !== undefined ? { [key]: text } : { [key]: printable(bytes), [`${key}Base64`]: base64(bytes) }
}

export function base64(bytes: ByteString): string {
  return Buffer.from(bytesOf(bytes)).toString('base64')
}

/** A path or name as text where it is UTF-8, else its bytes in base64: `textOrBytes` read back is `bytesOfJson`. */
export function textOrBytes(bytes: ByteString): string | { readonly base64: string } {
  return textOf(bytes) ?? { base64: base64(bytes) }
}

/** The further paths of a hard-linked file, each as `textOrBytes` has it; nothing of any other file. */
export function otherNamesJson(otherNames: readonly ByteString[] | undefined): {
  otherNames?: ReturnType<typeof textOrBytes>[]
} {
  return otherNames === undefined || otherNames.length === 0 ? {} : { otherNames: otherNames.map(textOrBytes) }
}
