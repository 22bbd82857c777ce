import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { operatingSystemIn, parseOsRelease } from '../../src/inventory/operating-system.ts'
import { SMALL_DEBIAN } from '../owners/dpkg/small-debian.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const systemOf = (files: Readonly<Record<string, Content>>) =>
  operatingSystemIn(openSource(bytesSource(squashfsOf(files), 'root.squashfs')))

describe('os-release', () => {
  it('has values with and without quotes, comments, and escapes of the shell', () => {
    const text = '# a comment\nPRETTY_NAME="Tom\\"s \\$ystem"\n ID=\'tom\'\nVERSION_ID=1.0\nnot a line\n'
    expect(parseOsRelease(text)).toEqual({ id: 'tom', versionId: '1.0', name: 'Tom"s $ystem' })
  })

  it('may lack a version and a name for people; without an id it names nothing', () => {
    expect(parseOsRelease('ID=arch\nVERSION_ID=""\n')).toEqual({ id: 'arch', name: 'arch' })
    expect(parseOsRelease('NAME=Fedora\n')).toBeUndefined()
    expect(parseOsRelease('ID=\xff\n')).toBeUndefined()
  })

  it('is found in /etc, behind the link of /etc, and in a store path of NixOS', () => {
    const DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'
    const debian = { id: 'debian', versionId: '12', name: 'Debian 12' }
    expect(systemOf({ 'etc/os-release': DEBIAN })).toEqual(debian)
    const linked = { 'etc/os-release': { target: '../usr/lib/os-release' }, 'usr/lib/os-release': DEBIAN }
    expect(systemOf({ ...SMALL_DEBIAN, ...linked })).toEqual(debian)
    const storePath = 'nix/store/0123456789abcdfghijklmnpqrsvwxyz-etc-os-release'
    expect(systemOf({ [storePath]: 'ID=nixos\nVERSION_ID="25.11"\n' })).toEqual({
      id: 'nixos',
      versionId: '25.11',
      name: 'nixos',
    })
    expect(systemOf(SMALL_DEBIAN)).toBeUndefined()
  })
})
