import { PackageURL } from 'packageurl-js'
import { describe, expect, it } from 'vitest'
import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { nixUrl, packageUrl } from '../../src/analyses/package-url.ts'
import type { OperatingSystem } from '../../src/inventory/operating-system.ts'

const system = (id: string, versionId?: string): OperatingSystem => ({
  id,
  ...(versionId === undefined ? {} : { versionId }),
  name: id,
})

const HASH = '0123456789abcdfghijklmnpqrsvwxyz'

/** Package URLs of all kinds, and what they must be. The examples of purl-spec are among them. */
const MADE: readonly (readonly [made: string | undefined, wanted: string])[] = [
  [
    packageUrl('dpkg', { name: 'curl', version: '7.50.3-1', architecture: 'i386' }, system('debian', '8')),
    'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=debian-8',
  ],
  [
    packageUrl('dpkg', { name: 'dpkg', version: '1.19.0.4', architecture: 'amd64' }, system('ubuntu')),
    'pkg:deb/ubuntu/dpkg@1.19.0.4?arch=amd64&distro=ubuntu',
  ],
  [
    packageUrl('dpkg', { name: 'libstdc++6', version: '1:2.4.47-2+b1', architecture: 'amd64' }, undefined),
    'pkg:deb/debian/libstdc%2B%2B6@1:2.4.47-2%2Bb1?arch=amd64',
  ],
  [
    packageUrl(
      'dpkg',
      { name: 'libc6', version: '2.36-9', architecture: 'amd64', source: 'glibc@2.36-8' },
      system('debian', '12'),
    ),
    'pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36-8',
  ],
  [
    packageUrl('apk', { name: 'curl', version: '7.83.0-r0', architecture: 'x86' }, system('alpine', '3.16.0')),
    'pkg:apk/alpine/curl@7.83.0-r0?arch=x86&distro=alpine-3.16.0',
  ],
  [packageUrl('apk', { name: '.Build', version: '1~rc', architecture: '' }, undefined), 'pkg:apk/alpine/.build@1~rc'],
  [
    packageUrl('pacman', { name: 'containers-common', version: '1:0.47.4-4', architecture: 'x86_64' }, system('arch')),
    'pkg:alpm/arch/containers-common@1:0.47.4-4?arch=x86_64&distro=arch',
  ],
  [
    packageUrl('pacman', { name: 'Pip', version: '21.0-1', architecture: 'any' }, system('Manjaro')),
    'pkg:alpm/manjaro/pip@21.0-1?arch=any&distro=Manjaro',
  ],
  [
    packageUrl('rpm', { name: 'curl', version: '7.50.3-1.fc25', architecture: 'i386' }, system('fedora', '25')),
    'pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25',
  ],
  [
    packageUrl(
      'rpm',
      { name: 'ImageMagick', version: '1:7.1-2.el9', architecture: 'x86_64', source: 'ImageMagick-7.1-2.el9.src.rpm' },
      system('rhel', '9.4'),
    ),
    'pkg:rpm/redhat/ImageMagick@7.1-2.el9?arch=x86_64&distro=rhel-9.4&epoch=1&upstream=ImageMagick-7.1-2.el9.src.rpm',
  ],
  [
    packageUrl('rpm', { name: 'zypper', version: '1.14-1', architecture: 'noarch' }, system('opensuse-leap', '15.6')),
    'pkg:rpm/opensuse/zypper@1.14-1?arch=noarch&distro=opensuse-leap-15.6',
  ],
  [packageUrl('rpm', { name: 'a', version: '0:1-1', architecture: '' }, undefined), 'pkg:rpm/a@1-1?epoch=0'],
  [
    packageUrl('dpkg', { name: byteStringOfText('naïve'), version: '1', architecture: '' }, system('dëbian', '1')),
    'pkg:deb/d%C3%ABbian/na%C3%AFve@1?distro=d%C3%ABbian-1',
  ],
  [nixUrl('glibc', '2.34', '', HASH), `pkg:nix/glibc@2.34?hash=${HASH}`],
  [nixUrl('openssl', '3.0.14', 'dev', HASH), `pkg:nix/openssl@3.0.14?hash=${HASH}&output=dev`],
  [nixUrl('hello', '', '', HASH), `pkg:nix/hello?hash=${HASH}`],
]

describe('package URLs', () => {
  it.each(MADE.map(([made, wanted]) => ({ made, wanted })))('$wanted', ({ made, wanted }) => {
    expect(made).toBe(wanted)
  })

  it.each(MADE.map(([, wanted]) => wanted))('the reference library writes it as it reads it: %s', (wanted) => {
    // It leaves the plus sign of a version as it is, which the examples of purl-spec do not.
    expect(PackageURL.fromString(wanted).toString().replaceAll('+', '%2B')).toBe(wanted)
  })

  it('are undefined for a package manager that purl-spec does not know', () => {
    expect(packageUrl('unknown', { name: 'a', version: '1', architecture: '' }, undefined)).toBeUndefined()
  })
})
