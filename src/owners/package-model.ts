import { type ByteString, quoted } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { DeclaredFiles } from './declared-files.ts'
import { OTHER_NAME, SHADOWED, SHOWN } from './layer-marks.ts'
import type { OwnedEntry, Owner, OwnerModel, TreeOwners } from './owner.ts'
import type { PackageDatabase } from './package-database.ts'
import type { PackageFileFormat } from './package-file.ts'
import { entryFinder } from './package-files.ts'
import { isSelectionKey, mediumKey, packageKey, packageParts, selectionKey } from './package-key.ts'
import { packageKinds } from './package-kinds.ts'
import { type PackageDatabases, packageComposition, packageReferences } from './package-references.ts'
import { packagesOnMedium } from './packages-on-medium.ts'
import { type Layer, ownLayers, type RootFileSystem, rootOf, rootsWith } from './root-file-system.ts'

/**
 * The model of the packages of a package manager.
 * @param kind "dpkg"
 * @param readDatabase reads the database of a root file system; undefined if the system has none
 * @param files what its packages are as files
 * @param declaredFiles reads what it declares of the files of packages, from the database that it has
 */
export function packageModel(
  kind: string,
  readDatabase: (root: RootFileSystem) => PackageDatabase | undefined,
  files: PackageFileFormat,
  declaredFiles: (root: RootFileSystem, database: PackageDatabase) => DeclaredFiles,
): OwnerModel {
  const installedIn = oncePer((root: RootFileSystem) => withKeys(kind, root.layers[0]!.open, readDatabase(root)))
  // Files in an installed system are a cache of its package manager.
  const onMediumIn = oncePer((open: OpenImage) =>
    installedIn(rootOf(open)) === undefined ? withKeys(kind, open, packagesOnMedium(open, files)) : undefined,
  )
  const databasesOf = (images: readonly OpenImage[]): PackageDatabases => ({
    installed: [...new Set(images.map(rootOf))].flatMap((root) => installedIn(root) ?? []),
    onMedium: united(images.flatMap((open) => onMediumIn(open) ?? [])),
  })
  const ownersByLayer = oncePer((root: RootFileSystem) => {
    const database = installedIn(root) ?? onMediumIn(root.layers[0]!.open)
    const others = new Set(root.layers.flatMap(({ open }) => rootsWith(open)).filter((other) => other !== root))
    const beside = [...others].flatMap((other): System[] => {
      const its = installedIn(other)
      return its === undefined ? [] : [{ root: other, packages: its.packages }]
    })
    return database === undefined ? undefined : ownersOfPackages(kind, root, database, beside)
  })
  const selection = selectionKey(kind)
  const medium = mediumKey(kind)
  const parts = (key: ByteString) =>
    packageParts(kind, key) ?? {
      name: key === medium ? 'packages on the medium' : 'selected packages',
      version: '',
      architecture: '',
    }
  const nameOf = (key: ByteString): string => {
    const { name, version } = parts(key)
    return version === '' ? name : `${name} ${version}`
  }
  return {
    kind,
    noun: ['package', 'packages'],
    directory: '',
    isKey: (text) => text === selection || text === medium || packageParts(kind, text) !== undefined,
    nameOf,
    longNameOf: (key) => {
      const { name, version, architecture } = parts(key)
      return isSelectionKey(key) ? `${name} (${kind})` : `${name}:${architecture} ${version}`
    },
    split: (key) => {
      const { name, version } = parts(key)
      return { name: nameOf(key), pname: name, ...(version === '' ? {} : { version }) }
    },
    packageOf: (key) => {
      const { name, version, architecture } = parts(key)
      return { name, version, output: architecture }
    },
    find: oncePer((open: OpenImage) => ownersByLayer(rootOf(open))?.get(open) ?? withoutOwners(open)),
    entriesOf: entriesOfPackage,
    declared: (images, keys) => {
      const databases = databasesOf(images)
      const isThere = databases.installed.length > 0 || databases.onMedium !== undefined
      return isThere ? packageReferences(kind, databases, keys, images[0]!.image.source) : undefined
    },
    withoutEntries: (images, keys) => {
      const declared = databasesOf(images).installed.flatMap(({ packages }) =>
        packages.flatMap((one) => packageKey(kind, one) ?? []),
      )
      return new Set(declared.filter((key) => !keys.has(key)))
    },
    filesDeclared: (root) => {
      const database = installedIn(root)
      return database === undefined ? undefined : declaredFiles(root, database)
    },
    startedBy: () => new Set(),
    rootReason: (key) => (key === selection ? 'selection' : key === medium ? 'medium' : undefined),
    compositionOf: (owners) => {
      // An owner in an image of several kinds has a model of all of them, so its key decides.
      const own = [...owners.values()].filter(({ key }) => packageParts(kind, key) !== undefined)
      return packageComposition(kind, databasesOf([...new Set(own.map(({ open }) => open))]))
    },
    kindsOf: packageKinds,
  }
}

/** The packages that have a key. The others cannot be told, and a problem says how many they are. */
function withKeys(
  kind: string,
  { image: { source } }: OpenImage,
  database: PackageDatabase | undefined,
): PackageDatabase | undefined {
  const lost = database?.packages.filter((one) => packageKey(kind, one) === undefined) ?? []
  const [first] = lost
  if (database === undefined || first === undefined) return database
  const leftOut =
    lost.length === 1 ? '; the package is left out' : `, and of ${lost.length - 1} more; they are left out`
  const detail = `the name or the version of ${quoted(first.name)} is none of ${kind}${leftOut}`
  const problem = formatError('MALFORMED', detail, source, { structure: `packages of ${kind}`, offset: 0 })
  const known = database.packages.filter((one) => packageKey(kind, one) !== undefined)
  return { ...database, packages: known, problems: [...database.problems, problem] }
}

/** The packages on all media in an image; undefined if there are none. */
function united(databases: readonly PackageDatabase[]): PackageDatabase | undefined {
  if (databases.length < 2) return databases[0]
  return {
    packages: databases.flatMap(({ packages }) => packages),
    problems: databases.flatMap(({ problems }) => problems),
  }
}

function withoutOwners({ image: { tree } }: OpenImage): TreeOwners {
  return {
    ownerOf: new Uint32Array(tree.count).map((_, index) => index),
    isOwner: new Uint8Array(tree.count),
    keyOf: () => '',
    problems: [],
  }
}

/** A root file system and what is installed in it. */
interface System extends Pick<PackageDatabase, 'packages'> {
  readonly root: RootFileSystem
}

/**
 * The packages of the entries of each layer. Directories belong to no package, because many packages share them. Of several
 * packages that list one file, the first in the database has it. What an upper layer hides belongs to none, unless another
 * system that has the layer shows it.
 * @param beside the other systems that have layers of this one
 */
function ownersOfPackages(
  kind: string,
  root: RootFileSystem,
  { packages, problems, unread }: PackageDatabase,
  beside: readonly System[],
): ReadonlyMap<OpenImage, TreeOwners> {
  /** The number of the package of each entry, plus 1. */
  const packagesIn = new Map(root.layers.map(({ open }) => [open, new Uint32Array(open.image.tree.count)]))
  const hidden = new Map(root.layers.map(({ open, marks }) => [open, marks]))
  const keys: (ByteString | undefined)[] = []
  for (const system of [{ root, packages }, ...beside]) {
    const finder = entryFinder(system.root)
    for (const one of system.packages) {
      const number = keys.push(packageKey(kind, one))
      if (keys[number - 1] === undefined) continue
      for (const path of one.files) {
        const found = finder.find(path)
        const packageOf = found && packagesIn.get(found.open)
        if (found === undefined || packageOf === undefined || found.index === 0) continue
        const { open, index } = found
        const isFree = packageOf[index] === 0 && (system.root === root || hidden.get(open)?.[index] === SHADOWED)
        if (isFree && open.image.tree.typeOf(index) !== 'directory') packageOf[index] = number
      }
    }
  }
  // Lower layers may be those of another root file system, too, which then has them.
  const own = ownLayers(root)
  return new Map(
    own.map((layer, at) => {
      const packageOf = packagesIn.get(layer.open)!
      addOtherNames(layer, packageOf)
      // One of the layers tells the problems of all.
      const told = at === 0 ? { problems, ...(unread === undefined ? {} : { unread }) } : { problems: [] }
      return [layer.open, treeOwnersOf(packageOf, keys, told)]
    }),
  )
}

/** A name that an upper layer hides belongs to the package that has the same file under a name that shows. */
function addOtherNames({ open, marks }: Layer, packageOf: Uint32Array): void {
  if (marks === undefined) return
  const { tree } = open.image
  const links = hardLinksOf(tree)
  for (let index = 0; index < tree.count; index += 1) {
    if (marks[index] !== OTHER_NAME) continue
    const shown = links.get(tree.identities[index]!)!.find((name) => marks[name] === SHOWN)!
    packageOf[index] = packageOf[shown]!
  }
}

/** @param packageOf the number of the package of each entry, plus 1 */
function treeOwnersOf(
  packageOf: Uint32Array,
  keys: readonly (ByteString | undefined)[],
  problems: Pick<TreeOwners, 'problems' | 'unread'>,
): TreeOwners {
  const ownerOf = new Uint32Array(packageOf.length)
  const isOwner = new Uint8Array(packageOf.length)
  const firstOf = new Map<number, number>()
  const keyOfFirst = new Map<number, ByteString>()
  for (let index = 0; index < packageOf.length; index += 1) {
    const number = packageOf[index]!
    const first = number === 0 ? index : (firstOf.get(number) ?? index)
    ownerOf[index] = first
    if (number === 0 || first !== index) continue
    firstOf.set(number, index)
    keyOfFirst.set(index, keys[number - 1]!)
    isOwner[index] = 1
  }
  return { ownerOf, isOwner, keyOf: ({ index }) => keyOfFirst.get(index)!, ...problems }
}

/** The indexes of the entries of each package, by its first entry. */
const indexesOf = oncePer(({ ownerOf, isOwner }: TreeOwners): ReadonlyMap<number, readonly number[]> => {
  const found = new Map<number, number[]>()
  for (const [index, first] of ownerOf.entries()) {
    if (isOwner[first] === 0) continue
    if (first === index) found.set(index, [index])
    else found.get(first)!.push(index)
  }
  return found
})

/** The entries of a package in tree order, with their paths in the image. */
function* entriesOfPackage({ open, tree, entry }: Owner): Generator<OwnedEntry> {
  const files = open.image.tree
  const pathOf = pathBuilder(files)
  for (const index of indexesOf(tree).get(entry.index) ?? []) {
    yield { open, entry: files.entry(index), path: pathOf(index).slice(1) }
  }
}
