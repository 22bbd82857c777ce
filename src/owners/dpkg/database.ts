import { type ByteString, quoted } from '../../../parsers/bytes/byte-string.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { InstalledPackage, PackageDatabase } from '../package-database.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { type Paragraph, paragraphs } from './control-file.ts'
import { descriptionOf } from './description.ts'
import { type Diversions, readDiversions } from './diversions.ts'

export const DATABASE = '/var/lib/dpkg'
/** A file for each package, and beside it the list of its files: what distroless images have. */
export const STATUS_FOLDER = `${DATABASE}/status.d`
const EXTENDED_STATES = '/var/lib/apt/extended_states'

/** Reads the database of dpkg (dpkg(1), FILES); undefined if a system has none. */
export function dpkgDatabase(root: RootFileSystem): PackageDatabase | undefined {
  const reader = new DatabaseReader(root)
  const status = reader.textAt(`${DATABASE}/status`)
  const described = reader.entriesIn(STATUS_FOLDER)
  if (status === undefined && reader.entryAt(STATUS_FOLDER)?.entry.type !== 'directory') {
    return reader.problems.length === 0 ? undefined : { packages: [], problems: reader.problems }
  }
  const isAutomatic = readExtendedStates(reader.textAt(EXTENDED_STATES))
  const diversions = readDiversions(reader.textAt(`${DATABASE}/diversions`))
  const packages: InstalledPackage[] = []
  let unnamed = 0
  const withoutList: ByteString[] = []
  for (const fields of paragraphs(status ?? '')) {
    if (!isInstalled(fields)) continue
    const found = packageOf(fields, isAutomatic)
    if (found === undefined || found.version === '') {
      unnamed += 1
      continue
    }
    const lists = [`${found.name}:${found.architecture}`, found.name].map((name) => `${DATABASE}/info/${name}.list`)
    const list = lists.map((path) => reader.textAt(path)).find((text) => text !== undefined)
    const listed = lists.find((path) => reader.hasFile(path))
    if (listed === undefined) withoutList.push(found.name)
    else if (list !== undefined && !isList(list)) reader.report(listed, 'is no list of paths')
    packages.push({ ...found, files: filesIn(list, found.name, diversions) })
  }
  reportDamage(reader, status ?? '', unnamed, withoutList)
  for (const file of described) {
    const { name, type } = file.entry
    if (type !== 'file' || name.endsWith('.md5sums')) continue
    const path = `${STATUS_FOLDER}/${name}`
    for (const fields of paragraphs(reader.textOf(file, path) ?? '')) {
      const found = packageOf(fields, isAutomatic)
      if (found !== undefined) packages.push({ ...found, files: filesOfSums(reader.textAt(`${path}.md5sums`)) })
    }
  }
  return { packages, nativeArchitecture: nativeArchitectureOf(reader, packages), problems: reader.problems }
}

/** What dpkg itself is built for. It keeps a list with that at its top only where packages of others are allowed. */
function nativeArchitectureOf(reader: DatabaseReader, packages: readonly InstalledPackage[]): ByteString | undefined {
  const [first = ''] = (reader.textAt(`${DATABASE}/arch`) ?? '').split('\n')
  return first === '' ? packages.find(({ name }) => name === 'dpkg')?.architecture : first
}

/** Says what a database of dpkg lacks that dpkg itself would complain about. */
function reportDamage(
  reader: DatabaseReader,
  status: ByteString,
  unnamed: number,
  withoutList: readonly ByteString[],
): void {
  const path = `${DATABASE}/status`
  const isText = paragraphs(status).next().done !== true
  if (unnamed > 0) reader.report(path, `${unnamed} of its paragraphs lack the name or the version of a package`)
  else if (status.trim() !== '' && !isText) reader.report(path, 'has no record of a package')
  else if (status !== '' && !status.endsWith('\n')) reader.report(path, 'ends within a line')
  const [first, ...more] = withoutList
  if (first === undefined) return
  const others = more.length === 0 ? '' : `, and those of ${more.length} more`
  reader.report(`${DATABASE}/info`, `the list of files of ${quoted(first)} is missing${others}`)
}

/**
 * Whether a package has files in the system. One whose configuration files alone are left has, too. A paragraph without
 * the field is of a database that has only installed packages.
 */
function isInstalled(fields: Paragraph): boolean {
  const status = fields.get('status')
  return status === undefined || !status.endsWith(' not-installed')
}

function packageOf(
  fields: Paragraph,
  isAutomatic: AutomaticallyInstalled,
): Omit<InstalledPackage, 'files'> | undefined {
  const found = descriptionOf(fields)
  if (found === undefined) return undefined
  const isLeftover = fields.get('status')?.endsWith(' config-files') === true
  const automatic = isAutomatic?.(found.name, found.architecture)
  return { ...found, selection: isLeftover ? 'leftover' : selectionOf(fields, automatic) }
}

function selectionOf(fields: Paragraph, isAutomatic: boolean | undefined): InstalledPackage['selection'] {
  if (fields.get('essential') === 'yes' || fields.get('protected') === 'yes') return 'essential'
  if (isAutomatic === undefined) return undefined
  return isAutomatic ? 'automatic' : 'chosen'
}

/** Whether a package was only installed because others require it; undefined if apt keeps no record. */
type AutomaticallyInstalled = ((name: ByteString, architecture: ByteString) => boolean) | undefined

/** Apt's record of why packages are installed (apt-mark(8)). A package that is not in it was chosen. */
function readExtendedStates(text: ByteString | undefined): AutomaticallyInstalled {
  if (text === undefined) return undefined
  const automatic = new Set<ByteString>()
  for (const fields of paragraphs(text)) {
    if (fields.get('auto-installed') === '1') automatic.add(`${fields.get('package')}:${fields.get('architecture')}`)
  }
  // Packages of the architecture "all" are recorded under that of the system.
  const names = new Set(Array.from(automatic, (name) => name.slice(0, name.indexOf(':'))))
  return (name, architecture) => (architecture === 'all' ? names.has(name) : automatic.has(`${name}:${architecture}`))
}

/** Whether a text is a list of files: a path from the root in each line. */
export function isList(text: ByteString): boolean {
  return text === '' || (text.startsWith('/') && text.endsWith('\n') && !/\n[^/]/.test(text))
}

/**
 * The paths of a list: one a line. We leave out those above others, which are directories, because a merge of /usr may have
 * made a link of one.
 */
function filesIn(list: ByteString | undefined, name: ByteString, diversions: Diversions): readonly ByteString[] {
  const paths = (list ?? '').split('\n').filter((path) => path !== '' && path !== '/.')
  const directories = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))
  return paths.filter((path) => !directories.has(path)).map((path) => diversions(path, name))
}

/** The paths of a list of sums: 32 digits, two spaces, a path without the first slash (deb-md5sums(5)). */
function filesOfSums(sums: ByteString | undefined): readonly ByteString[] {
  return (sums ?? '').split('\n').flatMap((line) => (line.length > 34 ? [`/${line.slice(34)}`] : []))
}
