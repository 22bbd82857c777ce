import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../parsers/bytes/limits.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { crc32 } from '../../../parsers/checksums/crc32.ts'
import { readApm } from '../../../parsers/partition/apm.ts'
import { readGpt } from '../../../parsers/partition/gpt.ts'
import { readMbr } from '../../../parsers/partition/mbr.ts'

const text = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0))

const source = (bytes: Uint8Array) => bytesSource(bytes, 'disk')

describe('MBR', () => {
  const mbr = (sectors: number): Uint8Array => {
    const bytes = new Uint8Array(sectors * 512)
    bytes.set([0x55, 0xaa], 510)
    return bytes
  }

  it('reads partitions that are in use', () => {
    const bytes = mbr(100)
    const view = new DataView(bytes.buffer)
    bytes.set([0x80, 0, 0, 0, 0x17], 446)
    view.setUint32(446 + 12, 100, true)
    bytes.set([0, 0, 0, 0, 0xef], 446 + 32)
    view.setUint32(446 + 32 + 8, 40, true)
    view.setUint32(446 + 32 + 12, 70, true)
    view.setUint32(440, 0xdeadbeef, true)
    expect(readMbr(source(bytes))).toMatchObject({
      diskSignature: 0xdeadbeef,
      hasBootCode: false,
      protective: false,
      partitions: [
        { table: 'MBR', number: 1, start: 0, length: 51_200, type: '0x17' },
        { table: 'MBR', number: 3, start: 20_480, length: 35_840, type: '0xef' },
      ],
      warnings: [
        { code: 'TRUNCATED', facts: { structure: 'MBR partition record 3', expected: 56_320, found: 51_200 } },
      ],
    })
  })

  it('is none without a signature, or where the table is code', () => {
    expect(readMbr(source(new Uint8Array(512)))).toBeUndefined()
    expect(readMbr(source(new Uint8Array(511)))).toBeUndefined()
    const code = mbr(1)
    code[446] = 0x33
    expect(readMbr(source(code))).toBeUndefined()
  })
})

describe('GPT', () => {
  it.each([0, 1, 127, 4097, 2 ** 32 - 1])('reads no entries of %i bytes', (entrySize) => {
    const bytes = disk()
    for (const header of [1, 63]) new DataView(bytes.buffer).setUint32(header * 512 + 84, entrySize, true)
    expect(readGpt(source(bytes))).toMatchObject({
      partitions: [],
      primary: { arrayLength: 0 },
      warnings: expect.arrayContaining([
        expect.objectContaining({
          facts: expect.objectContaining({ field: 'SizeOfPartitionEntry', found: entrySize }),
        }),
      ]) as unknown,
    })
  })

  it('changes nothing in a Node buffer, whose slices are no copies', () => {
    const bytes = Buffer.from(disk())
    const before = Buffer.from(bytes)
    readGpt(source(bytes))
    expect(bytes.equals(before)).toBe(true)
  })

  it('reads no entries behind the end of the file', () => {
    const bytes = disk()
    for (const header of [1, 63]) new DataView(bytes.buffer).setUint32(header * 512 + 72, 64, true)
    expect(readGpt(source(bytes))).toMatchObject({
      partitions: [],
      warnings: expect.arrayContaining([
        expect.objectContaining({ facts: expect.objectContaining({ field: 'PartitionEntryLBA', found: 64 }) }),
      ]) as unknown,
    })
  })

  it('tells the checksum that a damaged header states from that of its bytes', () => {
    const bytes = disk()
    const view = new DataView(bytes.buffer)
    const stated = view.getUint32(512 + 16, true)
    view.setUint32(512 + 80, 3, true)
    const [damaged] = readGpt(source(bytes))!.warnings
    const header = bytes.slice(512, 512 + 92).fill(0, 16, 20)
    expect(damaged!.facts).toMatchObject({ field: 'HeaderCRC32', found: stated, expected: crc32(header, 0, 92) })
  })

  /** A disk of 64 sectors with both copies of a table of 4 entries, 1 of them in use. */
  function disk(): Uint8Array {
    const bytes = new Uint8Array(64 * 512)
    const array = new Uint8Array(4 * 128)
    const entry = new DataView(array.buffer)
    array.set([0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b], 128)
    entry.setUint32(128 + 32, 10, true)
    entry.setUint32(128 + 40, 19, true)
    for (const [index, char] of [...'ESP\u00e9'].entries())
      entry.setUint16(128 + 56 + index * 2, char.charCodeAt(0), true)
    const place = (header: number, other: number, at: number): void => {
      bytes.set(array, at * 512)
      const head = new Uint8Array(92)
      const view = new DataView(head.buffer)
      head.set(text('EFI PART'))
      view.setUint32(8, 0x10000, true)
      view.setUint32(12, 92, true)
      view.setUint32(24, header, true)
      view.setUint32(32, other, true)
      view.setUint32(72, at, true)
      view.setUint32(80, 4, true)
      view.setUint32(84, 128, true)
      view.setUint32(88, crc32(array, 0, array.length), true)
      view.setUint32(16, crc32(head, 0, head.length), true)
      bytes.set(head, header * 512)
    }
    place(1, 63, 2)
    place(63, 1, 60)
    return bytes
  }

  it('reads both copies', () => {
    expect(readGpt(source(disk()))).toMatchObject({
      blockSize: 512,
      primary: { headerOffset: 512, headerLength: 92, arrayOffset: 1024, arrayLength: 512 },
      backup: { headerOffset: 63 * 512, headerLength: 92, arrayOffset: 60 * 512, arrayLength: 512 },
      partitions: [
        {
          table: 'GPT',
          number: 2,
          start: 5120,
          length: 5120,
          type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
          name: 'ESP\u00c3\u00a9',
        },
      ],
      warnings: [],
    })
  })

  it('finds the backup of a file that became longer, and does without', () => {
    const longer = new Uint8Array(70 * 512)
    longer.set(disk())
    expect(readGpt(source(longer))?.backup?.headerOffset).toBe(63 * 512)
    const cut = readGpt(source(disk().subarray(0, 50 * 512)))
    expect(cut?.backup).toBeUndefined()
    expect(cut?.warnings.map((warning) => warning.detail)).toEqual([
      'the backup copy of the partition table is missing',
    ])
    const headless = disk()
    headless.fill(0, 512, 1024)
    const rest = readGpt(source(headless))
    expect(rest?.partitions.length).toBe(1)
    expect(rest?.warnings.map((warning) => warning.detail)).toEqual([
      'the primary copy of the partition table is missing',
    ])
  })

  it('reports damage, and allocates nothing for numbers that cannot be', () => {
    const damaged = disk()
    damaged[1024 + 130] = 1
    expect(readGpt(source(damaged))?.warnings.map((warning) => warning.code)).toEqual(['CHECKSUM'])
    const absurd = disk()
    absurd.fill(0xff, 512 + 72, 512 + 88)
    const found = readGpt(source(absurd))
    expect(found?.primary?.arrayLength).toBe(0)
    expect(found?.warnings.map((warning) => warning.code)).toEqual(['CHECKSUM', 'MALFORMED'])
  })

  it('is none without a header', () => {
    expect(readGpt(source(new Uint8Array(64 * 512)))).toBeUndefined()
    expect(readGpt(source(new Uint8Array(100)))).toBeUndefined()
    expect(readGpt(source(text('EFI PART')))).toBeUndefined()
  })
})

describe('APM', () => {
  const map = (blockSize: number, stated: number, made: number): Uint8Array => {
    const bytes = new Uint8Array(blockSize * 10)
    const view = new DataView(bytes.buffer)
    bytes.set(text('ER'))
    for (let index = 1; index <= made; index += 1) {
      const at = index * blockSize
      bytes.set(text('PM'), at)
      view.setUint32(at + 4, stated, false)
      view.setUint32(at + 8, index * 3, false)
      view.setUint32(at + 12, 2, false)
      bytes.set(text(`name ${index}`), at + 16)
      bytes.set(text('Apple_HFS'), at + 48)
    }
    return bytes
  }

  it.each([512, 2048])('reads a map in steps of %i bytes', (blockSize) => {
    expect(readApm(source(map(blockSize, 2, 2)))).toMatchObject({
      blockSize,
      hasDriverDescriptor: true,
      entryOffsets: [blockSize, 2 * blockSize],
      partitions: [
        { table: 'APM', number: 1, start: 3 * blockSize, length: 2 * blockSize, type: 'Apple_HFS', name: 'name 1' },
        { number: 2, start: 6 * blockSize },
      ],
    })
  })

  it('reads as many entries as there are', () => {
    expect(readApm(source(map(512, 0xffffffff, 3)))?.entryOffsets).toEqual([512, 1024, 1536])
    expect(readApm(source(map(512, 3, 3)), { ...DEFAULT_LIMITS, partitions: 3 })?.warnings).toEqual([])
    const cut = readApm(source(map(512, 3, 3)), { ...DEFAULT_LIMITS, partitions: 2 })
    expect(cut?.entryOffsets).toEqual([512, 1024])
    expect(cut?.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/ at 0x600: more than 2 partitions; the rest is not read; the limit is partitions=2/),
    ])
    expect(readApm(source(new Uint8Array(8192)))).toBeUndefined()
    expect(readApm(source(new Uint8Array(0)))).toBeUndefined()
  })
})
