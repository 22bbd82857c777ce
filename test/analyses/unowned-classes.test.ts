import { describe, expect, it } from 'vitest'
import { unownedClasses } from '../../src/analyses/unowned-classes.ts'
import type { Account } from '../../src/inventory/attribution.ts'

const file = (name: string, more: Partial<Account> = {}): Account => ({
  kind: 'file',
  name,
  region: '/',
  own: 10,
  unpacked: 20,
  files: 1,
  ...more,
})

describe('files that no package owns', () => {
  it.each([
    ['/apks/x86_64/APKINDEX.tar.gz', 'repository index'],
    ['/dists/bookworm/Release.gpg', 'repository index'],
    ['/dists/bookworm/InRelease', 'repository index'],
    ['/dists/bookworm/main/binary-amd64/Packages', 'repository index'],
    ['/dists/bookworm/main/binary-amd64/Packages.gz', 'repository index'],
    ['/dists/noble/main/debian-installer/binary-amd64/Packages.xz', 'repository index'],
    ['/dists/noble/main/i18n/Translation-de.bz2', 'repository index'],
    ['/BaseOS/repodata/0a1b-primary.xml.gz', 'repository index'],
    ['/repodata/repomd.xml', 'repository index'],
    ['/arch/repo/offline.db.tar.zst', 'repository index'],
    ['/live/filesystem.squashfs/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease', 'package lists'],
    ['/live/filesystem.squashfs/var/lib/pacman/sync/core.db.tar.gz', 'package lists'],
    ['/dists/README', 'other files'],
    ['/usr/share/doc/repodata.txt', 'other files'],
    ['/casper/initrd', 'initrds'],
  ])('%s is in the class "%s"', (path, name) => {
    expect(unownedClasses([file(path)])).toEqual([{ name, own: 10, unpacked: 20, files: 1 }])
  })

  it('are in classes of their own if layers hide them, whatever their paths', () => {
    expect(
      unownedClasses([
        file('/casper/a.squashfs/var/lib/dpkg/status', { inLayers: 'shadowed', own: 30 }),
        file('/casper/a.squashfs/usr/share/x', { inLayers: 'shadowed', files: 0, unpacked: 0, own: 1 }),
        file('/casper/a.b.squashfs/usr/share/x', { inLayers: 'whiteout', files: 0, unpacked: 0, own: 2 }),
        file('/casper/a.b.squashfs/var/lib/dpkg/status'),
      ]),
    ).toEqual([
      { name: 'shadowed by an upper layer', own: 31, unpacked: 20, files: 1 },
      { name: 'package database', own: 10, unpacked: 20, files: 1 },
      { name: 'whiteouts', own: 2, unpacked: 0, files: 0 },
    ])
  })
})
