import { concat, text } from '../squashfs/writer.ts'

/** A value of DER: its tag, the shortest form of its length, and its content (X.690, 10.1). */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts)
  const { length } = content
  if (length < 0x80) return concat(Uint8Array.of(tag, length), content)
  const octets = length < 0x1_00 ? [length] : [length >> 8, length & 0xff]
  return concat(Uint8Array.of(tag, 0x80 | octets.length, ...octets), content)
}

const pkcs7 = (kind: number): Uint8Array => der(6, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, kind))
const SHA256 = der(0x30, der(6, Uint8Array.of(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1)))

/** A message of CMS that signs a manifest, or other bytes; nobody could verify it (RFC 5652, 5.1). */
export function signedMessage(manifest?: string): Uint8Array {
  const content = manifest === undefined ? [] : [der(0xa0, der(4, text(manifest)))]
  const encapsulated = der(0x30, pkcs7(1), ...content)
  const signedData = der(
    0x30,
    der(2, Uint8Array.of(1)),
    der(0x31, SHA256),
    encapsulated,
    der(0xa0, text('x'.repeat(200))),
  )
  return der(0x30, pkcs7(2), der(0xa0, signedData))
}

/** A message of CMS that is encrypted. */
export function envelopedMessage(): Uint8Array {
  return der(0x30, pkcs7(3), der(0xa0, der(0x30, text('y'.repeat(300)))))
}

export interface BundleSpec {
  readonly signature?: Uint8Array
  /** Bytes of the hash tree. */
  readonly tree?: number
  /** What the last field says in place of the size of the signature. */
  readonly size?: bigint
}

/** A bundle of RAUC: the image up to a border of 4 KiB, a hash tree, a signature and its size. */
export function bundleOf(image: Uint8Array, spec: BundleSpec = {}): Uint8Array {
  const { signature = signedMessage(), tree = 0, size = BigInt(signature.length) } = spec
  const last = new Uint8Array(8)
  new DataView(last.buffer).setBigUint64(0, size)
  const padding = new Uint8Array((4096 - (image.length % 4096)) % 4096)
  return concat(image, padding, new Uint8Array(tree).fill(0x7e), signature, last)
}
