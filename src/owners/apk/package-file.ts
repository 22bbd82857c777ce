import { formatError } from '../../../parsers/bytes/source.ts'
import { type PackageFileFormat, textInArchive } from '../package-file.ts'
import { readPackageInfo } from '../pkginfo.ts'
import { namesIn, requirementsOf, sourceOf } from './dependencies.ts'
import { descriptionOf } from './description.ts'
import { records } from './records.ts'

/**
 * Packages of Alpine in the second version of their format, which is tar archives in gzip (apk-package(5); apk-tools,
 * doc/apk-v2.5.scd). Of those of the third version we know what the index beside them says, or their names.
 */
export const apkFile: PackageFileFormat = {
  name: /-r\d+\.apk$/,
  describe: (source, spend) => {
    const info = readPackageInfo(textInArchive(source, '.PKGINFO', spend) ?? '')
    const [name, version = '', architecture = ''] = ['pkgname', 'pkgver', 'arch'].map((key) => info.get(key)?.[0])
    if (name === undefined) return undefined
    return {
      name,
      version,
      architecture,
      source: sourceOf(name, info.get('origin')?.[0]),
      requires: (info.get('depend') ?? []).flatMap(requirementsOf),
      provides: (info.get('provides') ?? []).flatMap(namesIn),
    }
  },
  index: {
    name: 'APKINDEX.tar.gz',
    describe: (source, spend) => {
      const text = textInArchive(source, 'APKINDEX', spend)
      if (text === undefined) {
        const place = { structure: 'repository index', offset: 0 }
        throw formatError('MALFORMED', 'there is no file APKINDEX in it', source, place)
      }
      const described = Array.from(records(text), descriptionOf)
      return new Map(described.map((one) => [`${one.name}-${one.version}.apk`, one]))
    },
  },
  partsOf: (name, directory) => {
    const found = /^(.+)-([^-]+-r\d+)\.apk$/.exec(name)
    return found === null ? undefined : { name: found[1]!, version: found[2]!, architecture: directory }
  },
}
