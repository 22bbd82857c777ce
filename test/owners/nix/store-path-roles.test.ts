import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { storePathRoles } from '../../../src/owners/nix/store-path-roles.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { squashfsOf } from '../../parsers/squashfs/writer.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const bases = new Map<string, string>()
/** A store path of a name. */
const base = (name: string): string => {
  const known = bases.get(name) ?? `${DIGITS[bases.size]!.repeat(32)}-${name}`
  bases.set(name, known)
  return known
}
const into = (name: string): { readonly target: string } => ({ target: `/nix/store/${base(name)}/x` })

describe('the roles of store paths', () => {
  const system = base('nixos-system-x-26.11')
  const files = {
    [`${system}/activate`]: `perl is /nix/store/${base('perl-5.42')}/bin/perl, and itself /nix/store/${system}`,
    [`${system}/kernel`]: into('linux-6.18'),
    [`${system}/empty`]: '',
    [`${base('perl-5.42')}/bin/perl`]: 'perl',
    [`${base('linux-6.18')}/bzImage`]: 'kernel',
    [`${base('system-path')}/bin/perl`]: into('perl-5.42'),
    [`${base('system-path')}/share/cache`]: 'made when it was linked',
    [`${base('etc')}/etc/a`]: into('perl-5.42'),
    [`${base('etc')}/etc/a.mode`]: '0440',
    [`${base('etc')}/etc/a.uid`]: '0',
    [`${base('libs-1.0')}/lib/a.so`]: 'one',
    [`${base('libs-1.0')}/lib/b.so`]: 'two',
    [`${base('libs-1.0')}/lib/c.so`]: 'three',
    [`${base('libs-1.0')}/lib/d.so`]: into('perl-5.42'),
    [base('localtime')]: into('perl-5.42'),
    [`${base('own-links')}/a`]: 'a file',
    [`${base('own-links')}/b`]: { target: `/nix/store/${base('own-links')}/a` },
    [`${base('own-links')}/c`]: 'a file',
    [base('nix.conf')]: 'a text',
    [`${base('unit-script-a-1-start')}/bin/a-start`]: 'a script',
    [`${base('unit-a-1.service')}/a-1.service`]: 'a unit',
    [`${base('issue-4.0')}/issue`]: 'one small file with a version',
    [base('large')]: 'x'.repeat((1 << 16) + 1),
    [base('nothing')]: '',
  }
  const { owners } = ownersIn(openSource(bytesSource(squashfsOf(files), 'roles.squashfs')))
  const { roles, mentions } = storePathRoles(owners)

  it.each([
    ['nixos-system-x-26.11', 'system'],
    ['system-path', 'profile'],
    ['etc', 'farm'],
    ['localtime', 'farm'],
    ['nix.conf', 'text'],
    ['unit-script-a-1-start', 'text'],
    ['unit-a-1.service', 'text'],
  ])('of %s is %s', (name, role) => {
    expect(roles.get(base(name))).toBe(role)
  })

  it.each([
    ['few links among its files', 'libs-1.0'],
    ['links to itself only', 'own-links'],
    ['one small file and a version', 'issue-4.0'],
    ['a file that is no program', 'linux-6.18'],
    ['a large file', 'large'],
    ['an empty file', 'nothing'],
  ])('is none of what has %s', (_, name) => {
    expect([...owners.keys()]).toContain(base(name))
    expect(roles.has(base(name))).toBe(false)
  })

  it('come with the files and links of the system that mention others', () => {
    expect(mentions).toEqual([
      { from: system, to: base('perl-5.42'), path: 'activate' },
      { from: system, to: base('linux-6.18'), path: 'kernel' },
    ])
  })
})
