import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { elfFile } from '../../../parsers/elf/elf-file.ts'
import { writeElf } from './writer.ts'

const elf = (bytes: Uint8Array) => {
  const found = elfFile(bytesSource(bytes, 'program'))
  return found && { appImageType: found.header.appImageType, end: found.end }
}

describe('where an ELF file ends', () => {
  const kinds = ([32, 64] as const).flatMap((bits) => [true, false].map((little) => ({ bits, little })))
  it.each(kinds)('$bits bits, little-endian: $little', (kind) => {
    for (const table of ['sections', 'segments'] as const) {
      const bytes = writeElf({ ...kind, table })
      expect(elf(bytes)).toEqual({ appImageType: undefined, end: bytes.length })
      expect(elf(Buffer.concat([bytes, Buffer.alloc(9000, 7)]))?.end).toBe(bytes.length)
    }
    const behind = writeElf({ ...kind, behind: 77, appImageType: 2 })
    expect(elf(behind)).toEqual({ appImageType: 2, end: behind.length })
  })

  it('is told by nothing else', () => {
    expect(elf(new Uint8Array(0))).toBeUndefined()
    expect(elf(new Uint8Array(4096))).toBeUndefined()
    expect(elf(writeElf().subarray(0, 51))).toBeUndefined()
    expect(elf(writeElf().subarray(0, 63))).toBeUndefined()
    const odd = writeElf()
    odd[4] = 3
    expect(elf(odd)).toBeUndefined()
  })

  it('may be said to be anywhere, and none of it is read', () => {
    const far = 2n ** 60n
    const started = process.cpuUsage()
    expect(elf(writeElf({ set: [[40, 8, far]] }))?.end).toBeGreaterThanOrEqual(Number(far))
    expect(elf(writeElf({ set: [[40, 8, 2n ** 64n - 1n]] }))?.end).toBeGreaterThan(2 ** 63)
    expect(elf(writeElf({ set: [[60, 2, 0xffffn]] }))?.end).toBeGreaterThan(65_534 * 64)
    // A table of no sections, or of entries without a size.
    expect(elf(writeElf({ set: [[60, 2, 0n]] }))?.end).toBe(64)
    expect(elf(writeElf({ set: [[58, 2, 0n]] }))?.end).toBe(364)
    // 65,535 segments in the file that each end nowhere.
    const many = Buffer.concat([
      writeElf({ table: 'segments', set: [[56, 2, 0xffffn]] }),
      Buffer.alloc(65_535 * 56, 0xff),
    ])
    expect(elf(many)?.end).toBeGreaterThan(2 ** 63)
    const { user, system } = process.cpuUsage(started)
    expect(user + system).toBeLessThan(3_000_000)
  })
})
