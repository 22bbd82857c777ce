import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { InstalledPackage, PackageDatabase } from '../package-database.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { namesProvided, requirementsOf, sourceOf } from './dependencies.ts'
import { type Fields, fieldsIn } from './fields.ts'

/** A directory for each package (pacman(8), --dbpath). */
export const DATABASE = '/var/lib/pacman/local'

/** Reads the database of pacman; undefined if a system has none. */
export function pacmanDatabase(root: RootFileSystem): PackageDatabase | undefined {
  const reader = new DatabaseReader(root)
  if (reader.entryAt(DATABASE)?.entry.type !== 'directory') return undefined
  const packages: InstalledPackage[] = []
  for (const { entry } of reader.entriesIn(DATABASE)) {
    const { name, type } = entry
    if (type !== 'directory') continue
    const path = `${DATABASE}/${name}`
    for (const file of ['desc', 'files']) {
      if (!reader.hasFile(`${path}/${file}`)) reader.report(`${path}/${file}`, 'is missing')
    }
    const description = reader.textAt(`${path}/desc`)
    if (description === undefined) continue
    const list = reader.textAt(`${path}/files`) ?? ''
    const found = packageOf(fieldsIn(description), fieldsIn(list))
    if (list !== '' && !list.startsWith('%')) reader.report(`${path}/files`, 'is no list of files')
    if (found === undefined) reader.report(`${path}/desc`, 'names no package, or no version of it')
    else if (!description.endsWith('\n')) reader.report(`${path}/desc`, 'ends within a line')
    if (found !== undefined) packages.push(found)
  }
  return { packages, problems: reader.problems }
}

function packageOf(description: Fields, list: Fields): InstalledPackage | undefined {
  const first = (field: string): ByteString => description.get(field)?.[0] ?? ''
  if (first('NAME') === '' || first('VERSION') === '') return undefined
  return {
    name: first('NAME'),
    version: first('VERSION'),
    architecture: first('ARCH'),
    source: sourceOf(first('NAME'), description.get('BASE')?.[0]),
    files: (list.get('FILES') ?? []).filter((path) => !path.endsWith('/')),
    requires: requirementsOf(description.get('DEPENDS'), description.get('OPTDEPENDS')),
    provides: (description.get('PROVIDES') ?? []).flatMap(namesProvided),
    selection: first('REASON') === '1' ? 'automatic' : 'chosen',
  }
}
