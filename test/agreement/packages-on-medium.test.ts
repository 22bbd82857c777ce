import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readable } from '../../parsers/bytes/byte-string.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { packageOf } from '../../src/owners/names.ts'
import { entriesOf } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { edgesOf } from '../owners/package-edges.ts'

/** Packages by the paths of their files on the medium, with how their control part is compressed and what it says. */
const PACKAGES: Readonly<Record<string, readonly [compressor: string, fields: Readonly<Record<string, string>>]>> = {
  'pool/main/b/bash/bash_5.2-1_amd64.deb': ['xz', { Package: 'bash', Version: '5.2-1', Depends: 'libc6 (>= 2.36)' }],
  'pool/main/g/glibc/libc6_2.36-9_amd64.deb': ['zstd', { Package: 'libc6', Version: '2.36-9' }],
  'pool/main/v/vim/vim_9.0-2_amd64.deb': [
    'gzip',
    { Package: 'vim', Version: '2:9.0-2', 'Pre-Depends': 'sh | bash', Depends: 'no-such, libc6', Provides: 'editor' },
  ],
  'pool/main/o/odd/odd.deb': [
    'none',
    { Package: 'odd-name', Version: '0~1+b2', Architecture: 'all', Depends: 'editor' },
  ],
  'pool/main/n/net/net_1_amd64.udeb': ['xz', { Package: 'net', Version: '1', Recommends: 'bash' }],
}

describeWith(['dpkg-deb', 'xorrisofs'], 'packages that lie on a medium as files', () => {
  let work = ''
  let open: OpenImage

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-debs-'))
    for (const [path, [compressor, fields]] of Object.entries(PACKAGES)) {
      const folder = join(work, fields['Package']!)
      const facts = { Architecture: 'amd64', Maintainer: 'A <a@example.org>', Description: 'x', ...fields }
      const control = Object.entries(facts).map(([name, value]) => `${name}: ${value}\n`)
      mkdirSync(join(folder, 'DEBIAN'), { recursive: true })
      chmodSync(join(folder, 'DEBIAN'), 0o755)
      writeFileSync(join(folder, 'DEBIAN/control'), control.join(''))
      // Stands before the control file in the archive, and makes it larger than one piece.
      writeFileSync(join(folder, 'DEBIAN/config'), '# a script\n'.repeat(5000), { mode: 0o755 })
      mkdirSync(join(work, 'medium', path, '..'), { recursive: true })
      mustRun('dpkg-deb', [`-Z${compressor}`, '--root-owner-group', '--build', folder, join(work, 'medium', path)])
    }
    mustRun('xorrisofs', ['-quiet', '-R', '-o', join(work, 'medium.iso'), join(work, 'medium')])
    open = openImage(join(work, 'medium.iso'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('are those of dpkg-deb --field', () => {
    const expected = Object.keys(PACKAGES).map((path) => {
      const fields = ['Package', 'Version', 'Architecture']
      const told = mustRun('dpkg-deb', ['--field', join(work, 'medium', path), ...fields]).toString()
      return [path, ...fields.map((field) => new RegExp(`^${field}: (.*)$`, 'm').exec(told)![1])]
    })
    const found = Array.from(ownersIn(open).owners.values(), (owner) => {
      const { name, version, output } = packageOf(owner.key)
      const [file, ...others] = entriesOf(owner)
      expect(others).toEqual([])
      return [readable(file!.path), name, version, output]
    })
    expect(found.sort()).toEqual(expected.sort())
  })

  it('require each other, and have all their bytes', async () => {
    expect(await edgesOf(open)).toEqual([
      'bash -> libc6 (structural)',
      'medium -> net (chosen)',
      'medium -> odd-name (chosen)',
      'net -> bash (chosen)',
      'odd-name -> vim (structural)',
      'vim -> bash (structural)',
      'vim -> libc6 (structural)',
    ])
    const { attribution } = await takeInventoryOf(open)
    const sizes = attribution.accounts
      .filter(({ kind }) => kind === 'owner')
      .map(({ own, unpacked }) => [own, unpacked])
    expect(sizes.map(([own, unpacked]) => own === unpacked)).toEqual(Object.keys(PACKAGES).map(() => true))
  })
})
