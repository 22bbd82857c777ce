import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { iso9660 } from '../../../parsers/iso9660/format.ts'
import { unreadableDisc } from '../../../parsers/iso9660/index.ts'
import { descriptor, image, joined, latin1, SECTOR, simpleImage, TERMINATOR } from './image-builder.ts'

/** Sectors with what a CD stores around their data. */
function raw(bytes: Uint8Array, sector: number, data: number): Uint8Array {
  const sectors = Array.from({ length: bytes.length / SECTOR }, (_, index) => {
    const around = new Uint8Array(sector)
    around.set(bytes.subarray(index * SECTOR, (index + 1) * SECTOR), data)
    return around
  })
  return joined(sectors)
}

const udf = joined(
  ['BEA01', 'NSR03', 'TEA01'].map((word) => joined([Uint8Array.of(0), latin1(word), new Uint8Array(SECTOR - 6)])),
)

describe('recognition', () => {
  it('knows ISO 9660 by any of its volume descriptors', () => {
    expect(iso9660.recognise(bytesSource(simpleImage([]), 'a'))).toBe('yes')
    expect(iso9660.recognise(bytesSource(image(20, { 18: descriptor({ rootBlock: 19 }) }), 'a'))).toBe('yes')
    expect(iso9660.recognise(bytesSource(image(20, { 16: TERMINATOR }), 'a'))).toBe('yes')
    expect(iso9660.recognise(bytesSource(image(20, {}), 'a'))).toBe('no')
    expect(iso9660.recognise(bytesSource(image(16, {}), 'a'))).toBe('no')
    expect(iso9660.recognise(bytesSource(new Uint8Array(0), 'a'))).toBe('no')
  })

  it.each([
    [2352, 16, /raw 2352-byte sectors \(mode 1\)/],
    [2352, 24, /raw 2352-byte sectors \(mode 2, form 1\)/],
    [2336, 8, /2336-byte sectors/],
    [2448, 16, /2448-byte sectors/],
  ])('names sectors of %i bytes with data at %i', (sector, data, sentence) => {
    const source = bytesSource(raw(simpleImage([]), sector, data), 'disc.bin')
    expect(iso9660.recognise(source)).toBe('no')
    expect(unreadableDisc(source)).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringMatching(sentence) })
  })

  it('names UDF without an ISO 9660 side, and High Sierra', () => {
    expect(unreadableDisc(bytesSource(image(64, { 16: udf }), 'a'))?.message).toMatch(
      /is a UDF volume without an ISO 9660 side/,
    )
    const sierra = image(64, { 16: joined([new Uint8Array(8), latin1('\x01CDROM')]) })
    expect(unreadableDisc(bytesSource(sierra, 'a'))?.message).toMatch(/High Sierra/)
    expect(unreadableDisc(bytesSource(image(64, {}), 'a'))).toBeUndefined()
    expect(unreadableDisc(bytesSource(new Uint8Array(10), 'a'))).toBeUndefined()
  })
})
