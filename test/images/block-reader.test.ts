import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import type { Decompressors } from '../../parsers/codecs/codec.ts'
import { portableDecoders } from '../../parsers/codecs/decoders.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { BlockReader } from '../../src/images/block-reader.ts'

const run = (fields: Partial<StoredRun> = {}): StoredRun => ({
  offset: 0,
  storedLength: 40,
  length: 10,
  skip: 0,
  unpackedLimit: 100,
  codec: 'zstd',
  ...fields,
})

/** A reader of zeros, which are no zstd frame, and what it did. */
function readerOfDamage() {
  const done = { decompressed: 0, spent: 0 }
  const decompressors: Decompressors = {
    ...portableDecoders,
    zstd(input, output) {
      done.decompressed += 1
      return portableDecoders.zstd(input, output)
    },
  }
  const reader = new BlockReader(bytesSource(new Uint8Array(1000), 'image'), decompressors, (length) => {
    done.spent += length
  })
  return { reader, done }
}

it('tries a damaged block once, however many files have a part in it', () => {
  const { reader, done } = readerOfDamage()
  for (let skip = 0; skip < 50; skip += 10) {
    expect(() => reader.read(run({ skip }), 0, 10)).toThrow('image: data block at 0x0: does not decompress: ')
  }
  expect(done).toEqual({ decompressed: 1, spent: 100 })
})

it('tries another block at the same offset', () => {
  const { reader, done } = readerOfDamage()
  expect(() => reader.read(run(), 0, 10)).toThrow('does not decompress')
  expect(() => reader.read(run({ storedLength: 41 }), 0, 10)).toThrow('does not decompress')
  expect(done.decompressed).toBe(2)
})

it('tries a block again that was too small for one file', () => {
  const lz4 = bytesSource(Uint8Array.of(0x40, 97, 98, 99, 100), 'image')
  const reader = new BlockReader(lz4, portableDecoders, () => {})
  const block = run({ storedLength: 5, codec: 'lz4' })
  expect(() => reader.read({ ...block, length: 5 }, 0, 5)).toThrow('decompresses to less than its file needs')
  expect(Buffer.from(reader.read({ ...block, length: 4 }, 0, 4)).toString()).toBe('abcd')
})
