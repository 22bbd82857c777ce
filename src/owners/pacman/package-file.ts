import { type PackageFileFormat, textInArchive } from '../package-file.ts'
import { readPackageInfo } from '../pkginfo.ts'
import { namesProvided, requirementsOf, sourceOf } from './dependencies.ts'

/** Packages of Arch Linux: compressed tar archives (makepkg(8); PKGBUILD(5)). */
export const pacmanFile: PackageFileFormat = {
  name: /\.pkg\.tar(\.[a-z0-9]+)?$/,
  describe: (source, spend) => {
    const info = readPackageInfo(textInArchive(source, '.PKGINFO', spend) ?? '')
    const [name, version = '', architecture = ''] = ['pkgname', 'pkgver', 'arch'].map((key) => info.get(key)?.[0])
    if (name === undefined) return undefined
    return {
      name,
      version,
      architecture,
      source: sourceOf(name, info.get('pkgbase')?.[0]),
      requires: requirementsOf(info.get('depend'), info.get('optdepend')),
      provides: (info.get('provides') ?? []).flatMap(namesProvided),
    }
  },
  partsOf: (name) => {
    const found = /^(.+)-([^-]+-[^-]+)-([^-]+)\.pkg\.tar(\.[a-z0-9]+)?$/.exec(name)
    return found === null ? undefined : { name: found[1]!, version: found[2]!, architecture: found[3]! }
  },
}
