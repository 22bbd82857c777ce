import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readable } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { verify } from '../../src/analyses/verify.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { takeIntegrity } from '../../src/inventory/integrity.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { packageOf } from '../../src/owners/names.ts'
import { entriesOf } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { isSelectionKey } from '../../src/owners/package-key.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { edgesOf } from '../owners/package-edges.ts'

/** A package, as the lines of its .PKGINFO (PKGBUILD(5)) and the files in it. Some are installed as dependencies. */
interface Recipe {
  readonly version: string
  readonly info?: readonly string[]
  readonly files?: readonly string[]
  readonly links?: Readonly<Record<string, string>>
  readonly asDependency?: true
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  glibc: { version: '2.40+r16+gaa533d58ff-2', files: ['usr/lib/libc.so.6', 'etc/ld.so.conf'], asDependency: true },
  openssl: {
    version: '3.4.0-1',
    info: ['depend = glibc', 'provides = libcrypto.so=3-64'],
    files: ['usr/lib/libcrypto.so.3'],
    links: { 'usr/lib/libcrypto.so': 'libcrypto.so.3' },
    asDependency: true,
  },
  'openssl-1.1': {
    version: '1.1.1.w-2',
    info: ['provides = libcrypto.so=1.1-64'],
    files: ['usr/lib/libcrypto.so.1.1'],
    asDependency: true,
  },
  bash: {
    version: '5.2.037-1',
    info: [
      'backup = etc/bash.bashrc',
      'depend = glibc>=2.3',
      'provides = sh=5',
      'optdepend = bash-completion: for tab completion',
    ],
    files: ['usr/bin/bash', 'etc/bash.bashrc'],
    links: { 'usr/bin/sh': 'bash' },
  },
  perl: {
    version: '5.40.0-1',
    info: ['depend = sh>=3', 'depend = libcrypto.so=3-64'],
    files: ['usr/bin/a name with é'],
  },
  git: {
    version: '1:2.47.1-1',
    info: [
      'arch = any',
      'depend = sh',
      'depend = openssl-1.1<3',
      'optdepend = perl>=5: some commands',
      'optdepend = tk',
      'optdepend = sh: again',
    ],
    files: ['usr/bin/git', 'usr/lib/git-core/git'],
  },
  base: { version: '3-2', info: ['arch = any', 'depend = bash', 'depend = glibc'] },
  leftover: { version: '1-1', info: ['depend = cycle'], files: ['usr/share/leftover'], asDependency: true },
  cycle: { version: '1-1', info: ['depend = leftover'], files: ['usr/share/cycle'], asDependency: true },
}

// Only the super-user may install, even below another root.
describeWith(['pacman', 'bsdtar', 'mksquashfs', 'xorrisofs', ROOT], 'packages that pacman installed', () => {
  let work = ''
  let open: OpenImage
  const options = (): readonly string[] => [
    ...['--config', join(work, 'conf'), '--root', join(work, 'root')],
    ...['--dbpath', join(work, 'root/var/lib/pacman'), '--cachedir', join(work, 'cache/')],
    ...['--logfile', join(work, 'log'), '--hookdir', join(work, 'hooks/'), '--gpgdir', join(work, 'gpg/')],
  ]
  const pacman = (...args: readonly string[]): string => mustRun('pacman', [...args, ...options()]).toString()
  const linesOf = (...args: readonly string[]): readonly string[] =>
    pacman(...args)
      .trimEnd()
      .split('\n')

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-pacman-'))
    mkdirSync(join(work, 'root/var/lib/pacman'), { recursive: true })
    writeFileSync(join(work, 'conf'), '[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Never\n')
    const archives = Object.entries(RECIPES).map(([name, recipe]) => [recipe, archive(work, name, recipe)] as const)
    pacman('-U', '--noconfirm', ...archives.map(([, path]) => path))
    const dependencies = Object.entries(RECIPES).filter(([, { asDependency }]) => asDependency === true)
    pacman('-D', '--asdeps', ...dependencies.map(([name]) => name))
    for (const path of ['etc/machine-id', 'usr/lib/git-core/made later']) writeFileSync(join(work, 'root', path), path)
    linkSync(join(work, 'root/usr/bin/git'), join(work, 'root/usr/bin/git made later'))
    mkdirSync(join(work, 'medium/arch/pkg'), { recursive: true })
    for (const [, path] of archives) copyFileSync(path, join(work, 'medium/arch/pkg', basename(path)))
    mustRun('xorrisofs', ['-quiet', '-R', '-o', join(work, 'medium.iso'), join(work, 'medium')])
    mustRun('mksquashfs', [join(work, 'root'), join(work, 'arch.squashfs'), '-quiet', '-no-progress'])
    open = openImage(join(work, 'arch.squashfs'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('have the versions of pacman -Q', async () => {
    const { references } = await takeInventoryOf(open)
    const keys = references!.graph.keys.filter((key) => !isSelectionKey(key))
    const found = keys.map(packageOf).map(({ name, version }) => `${name} ${version}`)
    expect(found.sort()).toEqual([...linesOf('-Q')].sort())
    expect(found).toHaveLength(Object.keys(RECIPES).length)
  })

  it('own the files of pacman -Ql, and no others do for pacman -Qo', () => {
    const owned = new Map<string, string>()
    for (const [key, owner] of ownersIn(open).owners) {
      for (const { path } of entriesOf(owner)) owned.set(readable(path), packageOf(key).name)
    }
    const listed = linesOf('-Ql')
      .filter((line) => !line.endsWith('/'))
      .map((line) => [
        line.slice(line.indexOf('/')).slice(join(work, 'root/').length),
        line.slice(0, line.indexOf(' ')),
      ])
    expect([...owned].sort()).toEqual(listed.sort())
    const { tree } = open.image
    const pathOf = pathBuilder(tree)
    const paths = Array.from({ length: tree.count }, (_, index) => index)
      .filter((index) => tree.typeOf(index) !== 'directory')
      .map((index) => readable(pathOf(index)).slice(1))
    const asked = paths.map((path) => {
      const { code, stdout } = runTool('pacman', ['-Qqo', join(work, 'root', path), ...options()])
      return [path, code === 0 ? stdout.toString().trim() : undefined]
    })
    expect(paths.map((path) => [path, owned.get(path)])).toEqual(asked)
    expect(asked.filter(([, owner]) => owner === undefined).length).toBeGreaterThan(Object.keys(RECIPES).length)
  })

  it('depend on each other as pacman -Qi says, and hang on the selection as pacman -Qe says', async () => {
    const expected = new Set(linesOf('-Qqe').map((name) => `* -> ${name} (chosen)`))
    for (const name of Object.keys(RECIPES)) {
      const info = pacman('-Qi', name)
      const names = (field: string): readonly string[] =>
        (new RegExp(`^${field} *: (.*)$`, 'm').exec(info)![1] ?? '').split(/ +/).filter((word) => word !== 'None')
      for (const from of names('Optional For')) expected.add(`${from} -> ${name} (chosen)`)
      for (const from of names('Required By')) {
        expected.delete(`${from} -> ${name} (chosen)`)
        expected.add(`${from} -> ${name} (structural)`)
      }
    }
    expect(await edgesOf(open)).toEqual([...expected].sort())
    expect(expected.size).toBeGreaterThan(14)
  })

  it('have the files that differ for pacman -Qkk', async () => {
    const root = join(work, 'root')
    const judged = async () => {
      const image = join(work, 'verified.squashfs')
      mustRun('mksquashfs', [root, image, '-quiet', '-no-progress', '-noappend'])
      const { packages, verdict } = verify(await takeIntegrity(openImage(image)))
      return { verdict, found: packages.flatMap(({ flaws }) => flaws.map(({ path }) => path)).sort() }
    }
    const told = (): string[] => {
      const { stdout, stderr } = runTool('pacman', ['-Qkk', ...options()])
      // "warning: bash: usr/bin/bash (SHA256 checksum mismatch)"; that of a backup is no error.
      const found = `${stdout}${stderr}`.split('\n').flatMap((line) => {
        const path =
          /^warning: [^:]+: (\/.*) \((?:SHA256 checksum mismatch|Symlink path mismatch|No such file or directory)\)$/.exec(
            line,
          )?.[1]
        return path === undefined ? [] : [path.slice(root.length + 1)]
      })
      return [...new Set(found)].sort()
    }
    expect({ ...(await judged()), told: told() }).toEqual({ verdict: 'pass', found: [], told: [] })
    writeFileSync(join(root, 'usr/bin/git'), 'changed')
    writeFileSync(join(root, 'etc/bash.bashrc'), 'changed')
    rmSync(join(root, 'usr/lib/libc.so.6'))
    rmSync(join(root, 'usr/bin/sh'))
    symlinkSync('git', join(root, 'usr/bin/sh'))
    const found = told()
    expect({ ...(await judged()), told: found }).toEqual({ verdict: 'fail', found, told: found })
    expect(found).toEqual(['usr/bin/git', 'usr/bin/sh', 'usr/lib/libc.so.6'])
  }, 120_000)

  it('are those of pacman -Qp while they lie on a medium as files, with the requirements that they were made with', async () => {
    const medium = openImage(join(work, 'medium.iso'))
    const names = Object.entries(RECIPES).map(([name, { version }]) => `${name}-${version}-x86_64.pkg.tar.xz`)
    const found = [...ownersIn(medium).owners.keys()].map(packageOf).map(({ name, version }) => `${name} ${version}`)
    expect(found.sort()).toEqual([...linesOf('-Qp', ...names.map((name) => join(work, name)))].sort())
    const inMedium = (edges: readonly string[]): readonly string[] => edges.filter((edge) => /^[^*m]/.test(edge))
    expect(inMedium(await edgesOf(medium))).toEqual(inMedium(await edgesOf(open)))
  })
})

/** Makes a package as makepkg does: a tar archive whose first member is .PKGINFO. */
function archive(work: string, name: string, { version, info = [], files = [], links = {} }: Recipe): string {
  const folder = join(work, name)
  const architecture = info.some((line) => line.startsWith('arch')) ? [] : ['arch = x86_64']
  const facts = [`pkgname = ${name}`, `pkgbase = ${name}`, `pkgver = ${version}`, 'size = 1', ...architecture, ...info]
  mkdirSync(folder)
  writeFileSync(join(folder, '.PKGINFO'), `${facts.join('\n')}\n`)
  for (const path of [...files, ...Object.keys(links)]) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    if (links[path] === undefined) writeFileSync(join(folder, path), `${name} ${path}\n`.repeat(200))
    else symlinkSync(links[path], join(folder, path))
  }
  const tops = [...new Set([...files, ...Object.keys(links)].map((file) => file.split('/')[0]!))]
  // As makepkg calls bsdtar.
  const keywords = '!all,use-set,type,uid,gid,mode,time,size,md5,sha256,link'
  mustRun('bsdtar', ['-czf', '.MTREE', '--format=mtree', `--options=${keywords}`, '.PKGINFO', ...tops], { cwd: folder })
  const path = join(work, `${name}-${version}-x86_64.pkg.tar.xz`)
  const all = ['.PKGINFO', '.MTREE', ...tops]
  mustRun('bsdtar', ['-cJf', path, '--uid', '0', '--gid', '0', ...all], { cwd: folder })
  return path
}
