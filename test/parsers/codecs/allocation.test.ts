import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ALLOCATION_LIMIT, allocation, BLOCK_SIZE } from './allocation.ts'

describe('no memory is allocated that grows with the blocks', () => {
  it('by the decoder for zlib', () => {
    expect(allocation('zlib', (content) => deflateSync(content, { level: 9 }))).toBeLessThan(ALLOCATION_LIMIT)
  })

  // For want of a tool that writes bare blocks: they are all literals, whose length is said by a byte for each 255.
  it('by the decoder for lz4', () => {
    const more = Buffer.alloc(Math.ceil((BLOCK_SIZE - 14) / 255), 255)
    more[more.length - 1] = (BLOCK_SIZE - 15) % 255
    const encode = (content: Uint8Array) => Buffer.concat([Uint8Array.of(0xf0), more, content])
    expect(allocation('lz4', encode)).toBeLessThan(ALLOCATION_LIMIT)
  })

  it('by the decoder for lzo', () => {
    const more = Buffer.alloc(Math.ceil((BLOCK_SIZE - 17) / 255))
    more[more.length - 1] = (BLOCK_SIZE - 18) % 255 || 255
    const encode = (content: Uint8Array) => Buffer.concat([Uint8Array.of(0), more, content, Uint8Array.of(0x11, 0, 0)])
    expect(allocation('lzo', encode)).toBeLessThan(ALLOCATION_LIMIT)
  })
})
