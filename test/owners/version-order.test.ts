import { describe, expect, it } from 'vitest'
import { isWithin, ORDERS } from '../../src/owners/version-order.ts'

/** Every pair of a list in ascending order. */
function expectAscending(kind: string, versions: readonly string[]): void {
  const order = ORDERS[kind]!
  for (const [at, one] of versions.entries()) {
    for (const [otherAt, other] of versions.entries()) {
      expect([one, other, Math.sign(order(one, other))]).toEqual([one, other, Math.sign(at - otherAt)])
    }
  }
}

describe('versions', () => {
  it('of pacman are in the order of vercmp(8)', () => {
    expectAscending('pacman', ['1.0a', '1.0b', '1.0beta', '1.0p', '1.0pre', '1.0rc', '1.0', '1.0.a', '1.0.1', '1:0.1'])
    expectAscending('pacman', ['1', '1.0', '1.1', '1.1.1', '1.2', '2.0', '3.0.0'])
    expect(ORDERS['pacman']!('1.5-1', '1.5')).toBe(0)
    expectAscending('pacman', ['1.5-1', '1.5-2', '1.5-10'])
  })

  it('of apk are in the order of apk-package(5)', () => {
    const suffixes = ['_alpha', '_alpha2', '_beta', '_pre1', '_rc', '', '_cvs1', '_svn', '_git20240101', '_hg', '_p1']
    expectAscending('apk', [...suffixes.map((suffix) => `1.2${suffix}`), '1.2a', '1.2.0', '1.2.1', '1.10'])
    expectAscending('apk', ['1.2-r1', '1.2-r2', '1.2-r10'])
    expectAscending('apk', ['1.01', '1.05', '1.1'])
    expect(ORDERS['apk']!('no version', '1')).toBe(0)
  })

  it('of Debian are in the order of deb-version(7)', () => {
    expectAscending('dpkg', ['1.0~~', '1.0~~a', '1.0~', '1.0', '1.0-1~bpo1', '1.0-1', '1.0a', '1.0+b', '1.1', '1:0'])
  })

  it('of rpm are in the order of rpm-version(7)', () => {
    expectAscending('rpm', ['1.0~rc1', '1.0', '1.0^git1', '1.0.1', '1.0.2', '1.10', '1:0'])
    expect(ORDERS['rpm']!('1.0-3', '1.0')).toBe(0)
  })

  it('are within limits or not', () => {
    const within = (relation: '<' | '<=' | '=' | '>=' | '>'): string[] =>
      ['1', '2', '3'].filter((version) => isWithin('dpkg', version, { relation, version: '2' }))
    expect(within('<')).toEqual(['1'])
    expect(within('<=')).toEqual(['1', '2'])
    expect(within('=')).toEqual(['2'])
    expect(within('>=')).toEqual(['2', '3'])
    expect(within('>')).toEqual(['3'])
  })
})
