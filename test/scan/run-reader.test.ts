import { deflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { portableBlockDecompressor } from '../../parsers/codecs/decoders.ts'
import { RunReader } from '../../src/scan/run-reader.ts'

it('a shared block that is long enough for one file and too short for another fails for that one only', () => {
  const content = 'what several files share'
  const block = deflateSync(content)
  const { pieces } = new RunReader(bytesSource(block, 'a.squashfs'), portableBlockDecompressor())
  const read = (skip: number, length: number): string => {
    let text = ''
    const place = { offset: 0, storedLength: block.length, unpackedLimit: 4096 }
    pieces({ ...place, codec: 'zlib', skip, length }, true, (piece) => {
      text += Buffer.from(piece).toString()
    })
    return text
  }
  const isTooShort = /data block at 0x0: decompresses to less than its file needs; found 24, expected 25$/
  expect(read(0, 4)).toBe('what')
  // The block is kept now, and kept again after each failure.
  expect(() => read(20, 5)).toThrow(isTooShort)
  expect(read(5, 7)).toBe('several')
  expect(() => read(20, 5)).toThrow(isTooShort)
  expect(read(19, 5)).toBe('share')
})
