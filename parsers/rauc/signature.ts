import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type DerValue, derValue, derValuesIn, TAG } from './der.ts'

/** The signature of a bundle: a message of CMS (RFC 5652, 3). */
export interface Signature {
  readonly offset: number
  /** In bytes. The message may end after the source. */
  readonly length: number
  /** Whether only those that it is encrypted for can read the message. */
  readonly isEncrypted: boolean
  /** What is signed, if the message has it: the manifest. Bundles of the format plain sign the bytes before. */
  readonly manifest: ByteString | undefined
}

/** id-signedData and id-envelopedData, 1.2.840.113549.1.7.2 and 3 (RFC 5652, 5.1 and 6.1). */
const PKCS7 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07]
const SIGNED_DATA = 2
const ENVELOPED_DATA = 3
/** The largest manifest that we read. Rauc reads no larger signature. */
const MAX_MANIFEST = 1 << 20

/** The message of CMS at an offset; undefined if there is none that RAUC could have written. */
export function signatureAt(source: ByteSource, offset: number): Signature | undefined {
  const message = derValue(source, offset)
  if (message?.tag !== TAG.sequence) return undefined
  const type = derValue(source, message.offset)
  if (type === undefined || type.tag !== TAG.objectIdentifier || type.length !== PKCS7.length + 1) return undefined
  if (type.end > source.size) return undefined
  const identifier = source.read(type.offset, type.length)
  const kind = identifier[PKCS7.length]
  if (!PKCS7.every((octet, index) => identifier[index] === octet)) return undefined
  if (kind !== SIGNED_DATA && kind !== ENVELOPED_DATA) return undefined
  return {
    offset,
    length: message.end - offset,
    isEncrypted: kind === ENVELOPED_DATA,
    manifest: kind === SIGNED_DATA ? signedContent(source, type.end) : undefined,
  }
}

/** The eContent of the SignedData at an offset (RFC 5652, 5.1 and 5.2); undefined if it signs other bytes. */
function signedContent(source: ByteSource, offset: number): ByteString | undefined {
  const signedData = inside(source, derValue(source, offset), TAG.context0, TAG.sequence)
  // The version and the digest algorithms come before it, and certificates after it.
  const content = signedData && [...derValuesIn(source, signedData)].find(({ tag }) => tag === TAG.sequence)
  const wrapped = content && [...derValuesIn(source, content)].find(({ tag }) => tag === TAG.context0)
  const octets = inside(source, wrapped, TAG.context0, TAG.octetString)
  if (octets === undefined || octets.length > MAX_MANIFEST || octets.end > source.size) return undefined
  return byteString(source.read(octets.offset, octets.length))
}

/** The first value in a value, if they have these tags. */
function inside(source: ByteSource, outer: DerValue | undefined, tag: number, inner: number): DerValue | undefined {
  const value = outer?.tag === tag ? derValue(source, outer.offset) : undefined
  return value?.tag === inner ? value : undefined
}
