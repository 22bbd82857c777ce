import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mustRun } from '../oracle.ts'

/** A package to make and install. */
export interface SmallPackage {
  readonly name: string
  readonly version: string
  /** Contents by path, and targets of symbolic links. */
  readonly files: Readonly<Record<string, string | { readonly target: string }>>
  readonly depends?: string
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: SmallPackage['files']): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    if (typeof content === 'string') writeFileSync(join(folder, path), content)
    else symlinkSync(content.target, join(folder, path))
  }
}

/** Makes packages of dpkg, and installs them in a system. */
export function installWithDpkg(work: string, root: string, packages: readonly SmallPackage[]): void {
  const archives = packages.map(({ name, version, files, depends }) => {
    const folder = join(work, `${name}_${version}`)
    writeFiles(folder, files)
    const control = { Package: name, Version: version, Architecture: 'all', Maintainer: 'x <x@example.org>' }
    const lines = Object.entries({ ...control, ...(depends === undefined ? {} : { Depends: depends }) })
    writeFiles(folder, {
      'DEBIAN/control': `${lines.map(([field, value]) => `${field}: ${value}\n`).join('')}Description: x\n`,
    })
    mustRun('dpkg-deb', ['--root-owner-group', '-Znone', '-b', folder, `${folder}.deb`])
    return `${folder}.deb`
  })
  mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true })
  mkdirSync(join(root, 'var/lib/dpkg/updates'), { recursive: true })
  dpkg(root, ['-i', ...archives])
}

/** Runs dpkg below another root. */
export function dpkg(root: string, args: readonly string[]): void {
  mustRun('dpkg', [`--root=${root}`, '--force-bad-path', ...args])
}

/** Makes packages of pacman, and installs them in a system. */
export function installWithPacman(work: string, root: string, packages: readonly SmallPackage[]): void {
  const archives = packages.map(({ name, version, files, depends }) => {
    const folder = join(work, `${name}-${version}`)
    writeFiles(folder, files)
    const facts = [`pkgname = ${name}`, `pkgbase = ${name}`, `pkgver = ${version}`, 'size = 1', 'arch = any']
    const needs = depends === undefined ? [] : [`depend = ${depends}`]
    writeFiles(folder, { '.PKGINFO': `${[...facts, ...needs].join('\n')}\n` })
    const path = join(work, `${name}-${version}-any.pkg.tar.xz`)
    const tops = readdirSync(folder).filter((top) => top !== '.PKGINFO')
    mustRun('bsdtar', ['-cJf', path, '--uid', '0', '--gid', '0', '.PKGINFO', ...tops], { cwd: folder })
    return path
  })
  mkdirSync(join(root, 'var/lib/pacman'), { recursive: true })
  writeFiles(work, { conf: '[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Never\n' })
  const folders = ['--dbpath', join(root, 'var/lib/pacman'), '--cachedir', join(work, 'cache/')]
  const others = ['--logfile', join(work, 'log'), '--hookdir', join(work, 'hooks/'), '--gpgdir', join(work, 'gpg/')]
  mustRun('pacman', [
    '-U',
    '--noconfirm',
    '--config',
    join(work, 'conf'),
    '--root',
    root,
    ...folders,
    ...others,
    ...archives,
  ])
}

const SPEC = fileURLToPath(new URL('../../fixtures/rpm/small.spec', import.meta.url))

/** Makes the packages of `fixtures/rpm/small.spec`, and installs them in a system. */
export function installWithRpm(work: string, root: string): void {
  const top = join(work, 'top')
  const sqlite = ['--define', '_db_backend sqlite']
  const none = ['--define', `_dbpath ${join(work, 'none')}`, '--define', `_topdir ${top}`]
  mustRun('rpmbuild', ['-bb', '--quiet', ...sqlite, ...none, SPEC], { env: { HOME: work } })
  const made = readdirSync(join(top, 'RPMS'), { recursive: true, encoding: 'utf8' })
  const packages = made.filter((name) => name.endsWith('.rpm')).map((name) => join(top, 'RPMS', name))
  mkdirSync(root, { recursive: true })
  const place = ['--root', root, '--dbpath', '/usr/lib/sysimage/rpm']
  mustRun('rpm', [...place, ...sqlite, '-i', '--nodeps', '--excludedocs', ...packages])
}
