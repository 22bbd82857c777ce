import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteString, bytesOf } from '../../../parsers/bytes/byte-string.ts'
import { withoutHashes } from '../../../src/inventory/content-signature.ts'
import { bytesWithoutHashes } from '../../../src/owners/nix/bytes-without-hashes.ts'

const HASH = '0123456789abcdfghijklmnpqrsvwxyz'

it('takes the hashes out of pieces as it does of the whole, wherever it is cut', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '-',
      '/nix/store/',
      HASH,
      HASH.slice(1),
      `${HASH}-`,
      `${HASH}${HASH}-x`,
      'e',
      '\0',
      'zz',
      `z${HASH}-`,
    ),
    fc.string({ unit: fc.constantFrom('0', 'a', 'z', '-', 'e'), maxLength: 40 }),
  )
  let taken = 0
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }),
      fc.array(fc.nat({ max: 60 }), { maxLength: 12 }),
      (parts, lengths) => {
        const text = parts.join('')
        const pieces: Uint8Array[] = []
        let at = 0
        for (const length of [...lengths, text.length]) {
          pieces.push(bytesOf(text.slice(at, at + length)))
          at += length
        }
        const out = Array.from(bytesWithoutHashes(pieces), (piece) => byteString(piece)).join('')
        expect(out).toBe(withoutHashes(text))
        if (out !== text) taken += 1
      },
    ),
    { numRuns: 5000 },
  )
  expect(taken).toBeGreaterThan(500)
})
