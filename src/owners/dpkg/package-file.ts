import { arMembers } from '../../../parsers/ar/members.ts'
import { type ByteSource, sliceSource } from '../../../parsers/bytes/source.ts'
import { type PackageFileFormat, textInArchive } from '../package-file.ts'
import { paragraphs } from './control-file.ts'
import { descriptionOf } from './description.ts'

/** A package has three members, and more only for the future (deb(5)). */
const MAX_MEMBERS = 10

/** Packages of Debian, and those of its installer (deb(5), deb-control(5)). */
export const debFile: PackageFileFormat = {
  name: /\.u?deb$/,
  describe: (source, spend) => {
    const archive = controlArchive(source)
    const text = archive === undefined ? undefined : textInArchive(archive, 'control', spend)
    const [fields] = paragraphs(text ?? '')
    return fields && descriptionOf(fields)
  },
  partsOf: (name) => {
    const found = /^([^_]+)_([^_]+)_([^_]+)\.u?deb$/.exec(name)
    if (found === null) return undefined
    // Not all file systems have names with a colon, so apt writes it so.
    return { name: found[1]!, version: found[2]!.replace(/%3a/gi, ':'), architecture: found[3]! }
  },
}

/** The member control.tar of a package, which may be compressed; undefined for a file that is no package. */
function controlArchive(source: ByteSource): ByteSource | undefined {
  let left = MAX_MEMBERS
  for (const { name, offset, size } of arMembers(source)) {
    if (name.startsWith('control.tar')) return sliceSource(source, offset, size, `control.tar of ${source.name}`)
    left -= 1
    if (left === 0) return undefined
  }
  return undefined
}
