import { describe, expect, it } from 'vitest'
import { nearestName } from '../../src/analyses/nearest-name.ts'

const NAMES = ['systemd-252.39', 'system-path', 'perl-5.36.0', 'zlib-1.3-dev', 'nixos-manual-html', 'X']

describe('the name that was probably meant', () => {
  it.each([
    ['sytemd*', 'systemd-252.39'],
    ['systmed-*', 'systemd-252.39'],
    ['system-pth', 'system-path'],
    ['*-dve', 'zlib-1.3-dev'],
    ['nixos-manul*', 'nixos-manual-html'],
    ['prel-5*', 'perl-5.36.0'],
    ['?ystem-pat', 'system-path'],
    ['[r-t]ystem-pat', 'system-path'],
    ['gcc-*', undefined],
    ['*', undefined],
    ['y*', undefined],
    ['', undefined],
    [`${'x'.repeat(500)}*`, undefined],
  ])('%s', (glob, expected) => {
    expect(nearestName(glob, NAMES)).toBe(expected)
  })

  it('is of several as near the shortest, then the first', () => {
    expect(nearestName('libx*', ['liby-1.0', 'libz-1', 'libw-1'])).toBe('libw-1')
  })
})
