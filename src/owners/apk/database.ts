import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { InstalledPackage, PackageDatabase, Requirement } from '../package-database.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { namesIn } from './dependencies.ts'
import { descriptionOf } from './description.ts'
import { type ApkRecord, records, textOf } from './records.ts'

/** The second one is for a root whose /lib is no link to /usr/lib. */
const DATABASES = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed']
/** What a user asked for (apk-world(5)). */
const WORLD = '/etc/apk/world'

/** The most recommendations that `install_if` makes: a few names can stand for any number of packages. Alpine has some thousand. */
const MOST_RECOMMENDED = 1 << 20

/** A package, and the names that must all be installed for apk to install it on its own. */
interface ApkPackage extends InstalledPackage {
  readonly installIf: readonly ByteString[]
}

/** The path of the database of apk; undefined if a system has none. */
export function databaseIn(reader: DatabaseReader): ByteString | undefined {
  return DATABASES.find((one) => reader.hasFile(one))
}

/** Reads the database of apk; undefined if a system has none. */
export function apkDatabase(root: RootFileSystem): PackageDatabase | undefined {
  const reader = new DatabaseReader(root)
  const path = databaseIn(reader)
  if (path === undefined) return undefined
  const text = reader.textAt(path)
  const all = Array.from(records(text ?? ''), packageOf)
  const found = all.filter(({ name, version }) => name !== '' && version !== '')
  if (found.length === 0 && text !== undefined && text !== '') reader.report(path, 'has no record of a package')
  else if (found.length < all.length) {
    reader.report(path, `${all.length - found.length} of its records lack the name or the version of a package`)
  } else if (text !== undefined && text !== '' && !text.endsWith('\n')) reader.report(path, 'ends within a line')
  const world = reader.textAt(WORLD)
  const packages = world === undefined ? found : withSelection(found, namesIn(world))
  const tooMany = (): void => reader.report(path, 'installs too many packages with others; the rest stand alone')
  return { packages: withInstallIf(packages, tooMany), problems: reader.problems }
}

function packageOf(record: ApkRecord): ApkPackage {
  const installIf = namesIn(textOf(record, 'i'))
  return { ...descriptionOf(record), files: filesIn(record), installIf, selection: undefined }
}

/** The files of a record. A line "F" names a directory, and the lines "R" after it the files in it. */
function filesIn(record: ApkRecord): readonly ByteString[] {
  const files: ByteString[] = []
  let directory = ''
  for (const [letter, value] of record) {
    if (letter === 'F') directory = value === '' ? '' : `${value}/`
    else if (letter === 'R') files.push(`/${directory}${value}`)
  }
  return files
}

/** By name, the packages of that name; by what packages provide, those if none has the name. */
function packagesByName(packages: readonly ApkPackage[]): (name: ByteString) => readonly ApkPackage[] {
  const named = new Map<ByteString, ApkPackage[]>()
  const providing = new Map<ByteString, ApkPackage[]>()
  const add = (to: Map<ByteString, ApkPackage[]>, name: ByteString, one: ApkPackage): void => {
    const known = to.get(name)
    if (known === undefined) to.set(name, [one])
    else known.push(one)
  }
  for (const one of packages) {
    add(named, one.name, one)
    for (const name of new Set(one.provides)) add(providing, name, one)
  }
  return (name) => named.get(name) ?? providing.get(name) ?? []
}

function withSelection(packages: readonly ApkPackage[], world: readonly ByteString[]): readonly ApkPackage[] {
  const chosen = new Set(world.flatMap(packagesByName(packages)))
  return packages.map((one) => ({ ...one, selection: chosen.has(one) ? 'chosen' : 'automatic' }))
}

/**
 * Apk installs a package on its own once all names of its `install_if` are installed, as tool-doc for "docs tool=1.2".
 * Then each of these packages recommends it. A graph cannot say that it goes with the first of them, so to remove one of
 * several frees more than we say.
 */
function withInstallIf(packages: readonly ApkPackage[], tooMany: () => void): readonly InstalledPackage[] {
  const find = packagesByName(packages)
  let left = MOST_RECOMMENDED
  const recommended = new Map<ApkPackage, Requirement[]>()
  for (const { name, installIf } of packages) {
    const conditions = installIf.map(find)
    if (conditions.some((found) => found.length === 0)) continue
    left -= conditions.reduce((sum, { length }) => sum + length, 0)
    if (left < 0) {
      tooMany()
      break
    }
    for (const one of new Set(conditions.flat())) {
      const known = recommended.get(one)
      if (known === undefined) recommended.set(one, [{ alternatives: [name], isWeak: true }])
      else known.push({ alternatives: [name], isWeak: true })
    }
  }
  return packages.map(({ installIf: _, ...one }, number) => ({
    ...one,
    requires: [...one.requires, ...(recommended.get(packages[number]!) ?? [])],
  }))
}
