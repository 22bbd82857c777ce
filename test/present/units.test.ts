import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatPercent, parseBytes } from '../../src/present/units.ts'

describe('units', () => {
  it.each([
    [0, '0 B', '0 B', '0'],
    [1023, '1023 B', '1.0 kB', '1,023'],
    [1024, '1.0 KiB', '1.0 kB', '1,024'],
    [1536, '1.5 KiB', '1.5 kB', '1,536'],
    [1048575, '1.0 MiB', '1.0 MB', '1,048,575'],
    [142_606_336, '136.0 MiB', '142.6 MB', '142,606,336'],
    [2 ** 30, '1.00 GiB', '1.07 GB', '1,073,741,824'],
    [999_950, '976.5 KiB', '1.0 MB', '999,950'],
  ])('%d bytes are %s, %s, %s', (bytes, iec, si, plain) => {
    expect(formatBytes(bytes, 'iec')).toBe(iec)
    expect(formatBytes(bytes, 'si')).toBe(si)
    expect(formatBytes(bytes, 'bytes')).toBe(plain)
  })

  it.each([
    ['0', 0],
    ['4096', 4096],
    ['4K', 4096],
    ['10MiB', 10 * 2 ** 20],
    ['10MB', 10_000_000],
    ['1.5G', 1.5 * 2 ** 30],
    ['', undefined],
    ['x', undefined],
    ['-1', undefined],
    ['1Q', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it('separates thousands and divides', () => {
    expect(formatCount(13_323)).toBe('13,323')
    expect(formatPercent(1, 8)).toBe('12.5%')
    expect(formatPercent(0, 0)).toBe('–')
  })
})
