import { readHeader } from '../../../parsers/rpm/header.ts'
import { packageHeader } from '../../../parsers/rpm/package-header.ts'
import type { PackageFileFormat } from '../package-file.ts'
import { packageOf } from './package.ts'

/** Packages require programs and configuration by path. Repositories list these files of a package, too (createrepo_c, primary.xml). */
const REQUIRED_BY_PATH = /^\/etc\/|bin\//

/** Packages of rpm: the header of a file says what is in it (rpm, docs/manual/format.md). */
export const rpmFile: PackageFileFormat = {
  name: /\.rpm$/,
  describe: (source, spend) => {
    const file = packageHeader(source, spend)
    if (file === undefined) return undefined
    const found = packageOf(readHeader(file.header), spend)
    if (found === undefined) return undefined
    const { files, selection: _, ...description } = found
    return {
      ...description,
      architecture: file.hasSources ? 'src' : description.architecture,
      provides: [...description.provides, ...files.filter((path) => REQUIRED_BY_PATH.test(path))],
    }
  },
  partsOf: (name) => {
    const found = /^(.+)-([^-]+-[^-]+)\.([^.-]+)\.rpm$/.exec(name)
    return found === null ? undefined : { name: found[1]!, version: found[2]!, architecture: found[3]! }
  },
}
