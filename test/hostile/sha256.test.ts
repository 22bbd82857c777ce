import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../parsers/checksums/sha256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const cryptoSha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('sha256', () => {
  it('counts more than 2^32 bits', { timeout: 120_000 }, () => {
    const bytes = new Uint8Array(2 ** 29 + 1)
    expect(hex(sha256(bytes, 0, bytes.length))).toBe(cryptoSha256(bytes))
  })
})
