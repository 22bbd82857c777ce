import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { type Iso9660Image, openIso9660 } from '../../../parsers/iso9660/index.ts'
import { both32, entry, joined, latin1, px, record, rockRidgeImage, SECTOR } from './image-builder.ts'

const BLOCK = 32768
const MAGIC = [0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07]

/** A file of one block of text, one of zeros, and a short one. */
const size = 2 * BLOCK + 5
const first = deflateSync(Buffer.alloc(BLOCK, 'text '))
const last = deflateSync(Buffer.from('tail!'))

function zisofsFile(): Uint8Array {
  const bytes = new Uint8Array(32 + first.length + last.length)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(8, size, true)
  bytes.set([4, 15], 12)
  for (const [index, pointer] of [32, 32 + first.length, 32 + first.length, bytes.length].entries()) {
    view.setUint32(16 + index * 4, pointer, true)
  }
  bytes.set(first, 32)
  bytes.set(last, 32 + first.length)
  return bytes
}

const zf = (algorithm: string, headerSize: number, log2: number, length: number): Uint8Array =>
  entry('ZF', [latin1(algorithm), Uint8Array.of(headerSize, log2), both32(length)])

function open(file: Uint8Array, use: Uint8Array): Iso9660Image {
  const records = [record({ name: 'Z', block: 40, size: file.length, systemUse: [px(0o100644), use] })]
  return openIso9660(bytesSource(rockRidgeImage(records, { 40: file }), 'test.iso'))
}

describe('zisofs', () => {
  it('yields a run for each block', () => {
    const iso = open(zisofsFile(), zf('pz', 4, 15, size))
    const file = iso.tree.entries[1]!
    expect(file.size).toBe(size)
    const start = 40 * SECTOR + 32
    expect([...iso.runs(file)]).toEqual([
      { offset: start, storedLength: first.length, length: BLOCK, skip: 0, unpackedLimit: BLOCK, codec: 'zlib' },
      { offset: 0, storedLength: 0, length: BLOCK, skip: 0, unpackedLimit: BLOCK, codec: 'hole' },
      {
        offset: start + first.length,
        storedLength: last.length,
        length: 5,
        skip: 0,
        unpackedLimit: BLOCK,
        codec: 'zlib',
      },
    ])
  })

  it.each([
    ['the magic number is missing', 0, 0],
    ['the size differs from the ZF entry', 8, 0],
    ['the block size differs from the ZF entry', 13, 16],
    ['a block pointer goes back or leaves the file', 20, 0],
    ['a block pointer goes back or leaves the file', 31, 0xff],
  ])('says that %s', (sentence, at, value) => {
    const file = zisofsFile()
    file[at] = value
    const iso = open(file, zf('pz', 4, 15, size))
    expect(() => [...iso.runs(iso.tree.entries[1]!)]).toThrow(sentence)
  })

  it.each([
    ['the block size is out of range', zf('pz', 4, 200, size)],
    ['the block pointers do not fit into the file', zf('pz', 4, 15, 0xffffffff)],
    ['only zlib is read', zf('XZ', 4, 15, size)],
    ['the zisofs algorithm "\\x01z"; only zlib', zf('\x01z', 4, 15, size)],
  ])('says that %s', (sentence, use) => {
    const iso = open(zisofsFile(), use)
    expect(() => [...iso.runs(iso.tree.entries[1]!)]).toThrow(sentence)
  })

  it('takes a ZF entry of another length for none', () => {
    const iso = open(zisofsFile(), joined([entry('ZF', [latin1('pz')])]))
    expect(iso.tree.entries[1]!.size).toBe(zisofsFile().length)
  })
})
