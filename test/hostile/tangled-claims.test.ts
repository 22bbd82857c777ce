import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { settle } from '../../src/ledger/settle.ts'

describe('settle', () => {
  it('gives up on claims tangled beyond reason without losing a byte', () => {
    const size = 1 << 16
    const map = new ExtentMap(bytesSource(new Uint8Array(size), 'test'), 4000)
    for (let entry = 0; entry < 4000; entry += 1) map.claimContent(entry, size - 2 * entry, entry)
    const { own, remainders } = settle(
      map,
      Array.from({ length: 4000 }, (_, index) => index),
      4000,
    )
    expect(remainders).toContainEqual(expect.objectContaining({ kind: 'overlap', name: 'tangled claims' }))
    expect(own.reduce((a, b) => a + b) + remainders.reduce((sum, row) => sum + row.own, 0)).toBe(size)
  })
})
