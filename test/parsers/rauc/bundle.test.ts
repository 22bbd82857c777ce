import { describe, expect, it } from 'vitest'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { raucBundle } from '../../../parsers/rauc/bundle.ts'
import { signatureAt } from '../../../parsers/rauc/signature.ts'
import { text } from '../squashfs/writer.ts'
import { bundleOf, envelopedMessage, signedMessage } from './writer.ts'

const MANIFEST = '[update]\ncompatible=x\n'
const IMAGE = text('i'.repeat(5000))
const END = 8192

/** The bundle in some bytes, and what is said of it. */
function found(bytes: Uint8Array, imageEnd: number | 'unknown' = IMAGE.length) {
  const source = bytesSource(bytes, 'a.raucb')
  const problems = new Problems(source)
  const bundle = raucBundle(source, imageEnd === 'unknown' ? undefined : imageEnd, problems)
  return { bundle, said: problems.found().warnings.map(({ message }) => message) }
}

describe('a bundle of RAUC', () => {
  it('is known by its signature, and has the manifest in it', () => {
    const signature = signedMessage(MANIFEST)
    const offset = END + 4096
    const facts = { offset, length: signature.length, isEncrypted: false, manifest: MANIFEST }
    const bytes = bundleOf(IMAGE, { signature, tree: 4096 })
    for (const imageEnd of [IMAGE.length, 'unknown'] as const) {
      const { bundle, said } = found(bytes, imageEnd)
      expect(bundle).toEqual({ signature: facts, sizeOffset: bytes.length - 8 })
      expect(said).toEqual([])
    }
  })

  it('may sign the bytes before, and be encrypted', () => {
    expect(found(bundleOf(IMAGE)).bundle?.signature).toMatchObject({ manifest: undefined, isEncrypted: false })
    const encrypted = bundleOf(IMAGE, { signature: envelopedMessage() })
    expect(found(encrypted).bundle?.signature).toMatchObject({ manifest: undefined, isEncrypted: true })
  })

  it.each([0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 100n])('is found where its last field says %d, which is said', (size) => {
    const signature = signedMessage(MANIFEST)
    const { bundle, said } = found(bundleOf(IMAGE, { signature, tree: 4096, size }))
    expect(bundle?.signature).toMatchObject({ offset: END + 4096, length: signature.length })
    expect(said).toEqual([expect.stringMatching(/RAUC signature size at 0x\w+: it is not the size of the signature/)])
    expect(found(bundleOf(IMAGE, { signature, size }), 'unknown').bundle).toBeUndefined()
  })

  it('is found where it is cut short, which is said', () => {
    const whole = bundleOf(IMAGE, { tree: 4096 })
    for (const lost of [1, 8, 100]) {
      const { bundle, said } = found(whole.subarray(0, whole.length - lost))
      expect(bundle?.signature.offset).toBe(END + 4096)
      expect(said).toEqual([expect.stringMatching(/RAUC signature at 0x3000: the file ends before the signature/)])
    }
    expect(found(whole.subarray(0, END + 4096 + 5)).bundle).toBeUndefined()
  })

  it('is no other file', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(8), new Uint8Array(9000), text('x'.repeat(20_000))]) {
      expect(found(bytes)).toEqual({ bundle: undefined, said: [] })
    }
  })
})

describe('a message of CMS', () => {
  it('has no manifest where its lengths lead elsewhere, whatever byte is changed', () => {
    const whole = signedMessage(MANIFEST)
    for (let at = 0; at < 120; at += 1) {
      for (const value of [0, 0x30, 0x7f, 0x80, 0x84, 0x88, 0xff]) {
        const bytes = whole.slice()
        bytes[at] = value
        const message = signatureAt(bytesSource(bytes, 'message'), 0)
        expect(message?.manifest?.length ?? 0).toBeLessThanOrEqual(bytes.length)
      }
    }
    for (let length = 0; length < whole.length; length += 1) {
      const message = signatureAt(bytesSource(whole.subarray(0, length), 'message'), 0)
      expect(message?.manifest ?? MANIFEST).toBe(MANIFEST)
    }
  })
})
