import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { report } from '../../src/analyses/report.ts'
import { openImage } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { describeWith, mustRun, ROOT } from '../oracle.ts'
import { installWithDpkg, installWithPacman, installWithRpm, type SmallPackage } from './small-systems.ts'

const PACKAGES: readonly SmallPackage[] = [
  {
    name: 'alpha',
    version: '1-1',
    files: { 'usr/bin/alpha': 'alpha\n'.repeat(3000), 'usr/bin/link': { target: 'alpha' } },
    depends: 'beta',
  },
  { name: 'beta', version: '2-1', files: { 'usr/lib/libbeta.so': 'beta\n'.repeat(9000), 'etc/beta.conf': 'b\n' } },
]

/** Packs a system into one file. */
type Pack = (root: string, image: string) => void

const squashfs: Pack = (root, image) => void mustRun('mksquashfs', [root, image, '-quiet', '-no-progress'])
const erofs: Pack = (root, image) => void mustRun('mkfs.erofs', ['-zlz4', image, root])
const ext4: Pack = (root, image) => {
  mustRun('truncate', ['-s', '4M', image])
  mustRun('mkfs.ext4', ['-q', '-d', root, image])
}
/** A file system in a file of another one, which packs it (dracut, dmsquash-live-root.sh; archiso, mkarchiso). */
const packed =
  (pack: Pack, path = 'LiveOS/rootfs.img'): Pack =>
  (root, image) => {
    const outer = `${image}.outer`
    mkdirSync(dirname(join(outer, path)), { recursive: true })
    ext4(root, join(outer, path))
    pack(outer, image)
    rmSync(outer, { recursive: true })
  }

/** The live layouts of distributions, by the path of the image on the disc. */
const LAYOUTS = [
  ['rpm', 'LiveOS/squashfs.img', 'squashfs', squashfs],
  ['rpm', 'LiveOS/squashfs.img', 'squashfs with an ext4 in LiveOS/rootfs.img', packed(squashfs)],
  ['rpm', 'LiveOS/squashfs.img', 'EROFS', erofs],
  ['rpm', 'LiveOS/squashfs.img', 'EROFS with an ext4 in LiveOS/rootfs.img', packed(erofs)],
  ['rpm', 'LiveOS/rootfs.img', 'ext4', ext4],
  ['pacman', 'arch/x86_64/airootfs.sfs', 'squashfs', squashfs],
  ['pacman', 'arch/x86_64/airootfs.sfs', 'squashfs with an ext4 in airootfs.img', packed(squashfs, 'airootfs.img')],
  ['pacman', 'arch/x86_64/airootfs.erofs', 'EROFS', erofs],
  ['dpkg', 'live/filesystem.squashfs', 'squashfs', squashfs],
  ['dpkg', 'live/root.erofs', 'EROFS', erofs],
] as const

const TOOLS = ['rpm', 'rpmbuild', 'pacman', 'bsdtar', 'dpkg', 'dpkg-deb', 'dpkg-query', 'mksquashfs', 'mkfs.ext4']

// Only the super-user may install, even below another root.
describeWith([...TOOLS, 'mkfs.erofs', 'xorrisofs', ROOT], 'packages in the live layouts of distributions', () => {
  let work = ''
  const roots: Record<string, string> = {}

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-layouts-'))
    for (const name of ['rpm', 'pacman', 'dpkg']) {
      mkdirSync(join(work, `with-${name}`))
      roots[name] = join(work, name)
    }
    installWithRpm(join(work, 'with-rpm'), roots['rpm']!)
    installWithPacman(join(work, 'with-pacman'), roots['pacman']!, PACKAGES)
    installWithDpkg(join(work, 'with-dpkg'), roots['dpkg']!, PACKAGES)
  }, 60_000)
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it.each(LAYOUTS)('of %s: %s as %s', async (manager, path, _, pack) => {
    const disc = join(work, 'disc')
    mkdirSync(dirname(join(disc, path)), { recursive: true })
    pack(roots[manager]!, join(disc, path))
    writeFileSync(join(disc, 'README'), 'beside\n')
    const iso = join(work, 'live.iso')
    rmSync(iso, { force: true })
    mustRun('xorrisofs', ['-quiet', '-R', '-o', iso, disc])
    rmSync(disc, { recursive: true })
    const open = openImage(iso)
    const { accounts, owners, warnings } = report(await takeInventoryOf(open))
    open.close()
    expect(warnings.map(({ message }) => message)).toEqual([])
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(lstatSync(iso).size)
    const found = Object.fromEntries(owners.map(({ pname, unpacked }) => [pname, unpacked]))
    expect(found).toEqual(sizesOf(manager, work, roots[manager]!))
    const full = owners.filter(({ unpacked }) => unpacked > 0)
    expect(full.length).toBeGreaterThan(1)
    expect(full.filter(({ own }) => own === 0)).toEqual([])
  })
})

/** The bytes of the regular files of each package, as its package manager lists them. */
function sizesOf(manager: 'rpm' | 'pacman' | 'dpkg', work: string, root: string): Readonly<Record<string, number>> {
  // Some have no files, such as those that only have documentation.
  const sizes: Record<string, number> = Object.fromEntries(namesOf(manager, root).map((name) => [name, 0]))
  const met = new Set<number>()
  for (const [name, path] of filesOf(manager, work, root)) {
    const at = lstatSync(Buffer.from(join(root, path), 'latin1'), { throwIfNoEntry: false })
    if (at === undefined || at.isDirectory()) continue
    // A file with several names counts once.
    const isAgain = met.has(at.ino)
    met.add(at.ino)
    sizes[name] ??= 0
    if (at.isFile() && !isAgain) sizes[name] += at.size
  }
  return sizes
}

/** The names of packages that rpm lists; others have files here. */
function namesOf(manager: 'rpm' | 'pacman' | 'dpkg', root: string): readonly string[] {
  if (manager !== 'rpm') return []
  const place = ['--root', root, '--dbpath', '/usr/lib/sysimage/rpm']
  return mustRun('rpm', [...place, '-qa', '--qf', '%{NAME}\n'])
    .toString('latin1')
    .trimEnd()
    .split('\n')
}

/** The name of a package and the path of one of its files, for each. */
function filesOf(
  manager: 'rpm' | 'pacman' | 'dpkg',
  work: string,
  root: string,
): readonly (readonly [string, string])[] {
  const lines = (tool: string, args: readonly string[]): readonly string[] =>
    mustRun(tool, args)
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')
  if (manager === 'dpkg') {
    const names = PACKAGES.map(({ name }) => name)
    const listed = (name: string) => lines('dpkg-query', [`--admindir=${root}/var/lib/dpkg`, '-L', name])
    return names.flatMap((name) => listed(name).map((path) => [name, path] as const))
  }
  if (manager === 'pacman') {
    const options = ['--config', join(work, 'with-pacman/conf'), '--root', root, '--dbpath', `${root}/var/lib/pacman`]
    return lines('pacman', ['-Ql', ...options]).map((line) => {
      const [name] = line.split(' ')
      return [name!, line.slice(name!.length + 1 + root.length)] as const
    })
  }
  const format = `[%{=NAME} %{FILENAMES}\n]`
  const place = ['--root', root, '--dbpath', '/usr/lib/sysimage/rpm']
  return lines('rpm', [...place, '-qa', '--qf', format]).map((line) => {
    const [name] = line.split(' ')
    return [name!, line.slice(name!.length + 1)] as const
  })
}
