import { describe, expect, it } from 'vitest'
import { hashOfBase, isStorePathName, splitBase } from '../../../src/owners/nix/store-path.ts'

const HASH = 'dbss45zkxd8xn967may3wv8gjvm7rx7b'

describe('store path names', () => {
  it.each([
    ['linux-6.1.192', 'linux', '6.1.192'],
    ['nixos-system-nixos-26.11pre-git', 'nixos-system-nixos', '26.11pre-git'],
    ['glib2.0-lib-2.74.6', 'glib2.0-lib', '2.74.6'],
    ['system-path', 'system-path', undefined],
    ['ca-certificates.crt', 'ca-certificates.crt', undefined],
    ['source', 'source', undefined],
    ['a--1', 'a', '-1'],
    ['x-', 'x-', undefined],
  ])('%s is %s, version %s, as Nix splits it', (name, pname, version) => {
    const parsed = splitBase(`${HASH}-${name}`)
    expect(parsed).toMatchObject({ name, pname })
    expect(parsed.version).toBe(version)
    expect(hashOfBase(`${HASH}-${name}`)).toBe(HASH)
  })

  it.each([
    [`${HASH.replace('d', 'e')}-x`, 'a letter that is not of Nix’s base32'],
    [`${HASH.slice(1)}-x`, 'a short hash'],
    [`${HASH}_x`, 'no dash'],
    [`${HASH}-`, 'no name'],
    [`${HASH}-with space`, 'a space'],
    [`${HASH}-${'n'.repeat(212)}`, 'a long name'],
    ['nix-path-registration', 'another file'],
  ])('%s is none: %s', (name) => {
    expect(isStorePathName(name)).toBe(false)
  })

  it('takes every character Nix allows', () => {
    expect(isStorePathName(`${HASH}-aZ09+-._?=`)).toBe(true)
  })
})
