import { startHash } from '#platform/running-hash'
import { type ByteString, bytesOf } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { DeclaredContent, DeclaredFile, DeclaredFiles } from '../owners/declared-files.ts'
import { OWNER_MODELS } from '../owners/models.ts'
import type { OwnerModel } from '../owners/owner.ts'
import { treeOwners } from '../owners/owners-in.ts'
import { entryFinder, type FoundEntry } from '../owners/package-files.ts'
import { ownLayers, type RootFileSystem, rootOf } from '../owners/root-file-system.ts'
import type { HashAlgorithm } from '../platform/running-hash.ts'
import type { LooseFile, ReadFailure, ReadSubject } from '../scan/plan-reading.ts'
import type { ReadAnswer } from '../scan/read-contents.ts'

/** A package of a package manager, and what its files are. */
export interface ReadPackage {
  readonly key: ByteString
  /** How many of its files and links the database declares. */
  readonly declared: number
  /** Whether it has files, of which the database declares nothing. */
  readonly isUndeclared: boolean
  /** What is not as declared, each file once: what need not be read comes first. */
  readonly flaws: readonly FileFlaw[]
  /** The first contents that we could not read, with their paths in the image, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
}

/** A file that is not as the database declares it. */
export interface FileFlaw {
  readonly path: ByteString
  /** Its content or its target is another one, it is not there, or it is no file or no link. */
  readonly differs: 'content' | 'target' | 'missing' | 'type'
  /** The hash that is declared, and the one that it has. */
  readonly algorithm?: HashAlgorithm
  readonly declaredHash?: string
  readonly hash?: string
}

/** The files of the packages in a root file system, grouped to be read, and what their database declares of them. */
export interface PackagesToRead {
  readonly subjects: readonly FilesSubject[]
  /** The identities of the files in `subjects`, by the image that has them. */
  readonly identities: ReadonlyMap<OpenImage, ReadonlySet<number>>
  readonly problems: readonly FormatError[]
  /** What the answers to the subjects say of the packages. */
  judge(answers: readonly ReadAnswer[]): readonly ReadPackage[]
}

type FilesSubject = ReadSubject & { readonly kind: 'files' }

/** A file whose content is to have a hash. */
interface Asked {
  readonly key: ByteString
  readonly path: ByteString
  readonly at: FoundEntry
  readonly content: DeclaredContent & { readonly kind: 'hash' }
}

/** Files are read together, up to this many bytes. */
const GROUP = 8 << 20
/** The most failures of one package that we list. */
const MOST_FAILURES = 10

/** The packages in some images whose databases declare what their files are. */
export function packagesToRead(images: readonly OpenImage[]): readonly PackagesToRead[] {
  return [...new Set(images.map(rootOf))].flatMap((root) =>
    OWNER_MODELS.flatMap((model) => {
      const declared = model.filesDeclared?.(root)
      return declared === undefined ? [] : [packagesIn(root, model, declared)]
    }),
  )
}

function packagesIn(root: RootFileSystem, model: OwnerModel, { files, problems }: DeclaredFiles): PackagesToRead {
  const flaws = new Map<ByteString, FileFlaw[]>()
  const asked: Asked[] = []
  const finder = entryFinder(root)
  for (const [key, some] of files) {
    for (const file of some) {
      const at = finder.find(file.path)
      const { content } = file
      const tree = at?.open.image.tree
      if (at !== undefined && content.kind === 'hash' && tree?.typeOf(at.index) === 'file') {
        asked.push({ key, path: file.path, at, content })
      } else {
        const flaw = flawWithoutReading(file, at && tree?.entry(at.index))
        if (flaw !== undefined) added(flaws, key, flaw)
      }
    }
  }
  /** The packages of files by the image and the identity of each. */
  const askedBy = new Map<OpenImage, Map<number, Asked[]>>()
  for (const one of asked) {
    const { open, index } = one.at
    const ofImage = askedBy.get(open) ?? new Map<number, Asked[]>()
    askedBy.set(open, ofImage)
    added(ofImage, open.image.tree.identities[index]!, one)
  }
  const own = new Set(ownLayers(root).map(({ open }) => open))
  const layers = root.layers.map(({ open }) => layerToRead(open, model, own.has(open), askedBy.get(open) ?? new Map()))
  const judge = (answers: readonly ReadAnswer[]): readonly ReadPackage[] => {
    const failures = new Map<ByteString, ReadFailure[]>()
    let next = 0
    for (const { subjects, packageAt, asked: ofLayer } of layers) {
      const hashes = hashesOf(subjects, answers.slice(next, next + subjects.length), (index, failure) =>
        added(failures, packageAt(index), failure),
      )
      next += subjects.length
      for (const [identity, some] of ofLayer) {
        for (const { key, path, content } of some) {
          const { algorithm, hash: declaredHash } = content
          const hash = hashes.get(`${algorithm} ${identity}`)
          if (hash === undefined || isBeginning(declaredHash, hash)) continue
          added(flaws, key, { path, differs: 'content', algorithm, declaredHash, hash })
        }
      }
    }
    const keys = new Set([...files.keys(), ...layers.flatMap((layer) => [...layer.keys]), ...failures.keys()])
    return Array.from(keys, (key) => ({
      key,
      declared: files.get(key)?.length ?? 0,
      isUndeclared: !files.has(key),
      flaws: flaws.get(key) ?? [],
      failures: (failures.get(key) ?? []).slice(0, MOST_FAILURES),
      failed: failures.get(key)?.length ?? 0,
    }))
  }
  return {
    subjects: layers.flatMap(({ subjects }) => subjects),
    identities: new Map(layers.map(({ open, identities }) => [open, identities])),
    problems,
    judge,
  }
}

function added<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [item])
  else known.push(item)
}

/** The digits of the shortest hash, MD5. A shorter text is no hash. */
const SHORTEST = 32

function isBeginning(declared: string, hash: string): boolean {
  return declared.length >= SHORTEST && hash.startsWith(declared)
}

/** What is wrong with what is no regular file, or is not there; undefined if it is as declared. */
function flawWithoutReading(
  { path, content, isOptional = false }: DeclaredFile,
  entry: Entry | undefined,
): FileFlaw | undefined {
  if (entry === undefined) return isOptional ? undefined : { path, differs: 'missing' }
  if (entry.type !== 'symlink') return { path, differs: 'type' }
  const target = entry.target ?? ''
  if (content.kind === 'link') return target === content.target ? undefined : { path, differs: 'target' }
  if (content.isOfTarget !== true) return { path, differs: 'type' }
  const running = startHash(content.algorithm)
  running.update(bytesOf(target))
  return isBeginning(content.hash, running.digest()) ? undefined : { path, differs: 'target' }
}

/** The files of packages in one image. */
interface LayerToRead {
  readonly open: OpenImage
  readonly subjects: readonly FilesSubject[]
  readonly identities: ReadonlySet<number>
  /** The packages that own some of its files. */
  readonly keys: ReadonlySet<ByteString>
  /** Whose content is to have a hash, by the identity of the file. */
  readonly asked: ReadonlyMap<number, readonly Asked[]>
  /** The package of a file in `subjects`. */
  packageAt(index: number): ByteString
}

/**
 * The files of packages in one image in the order of its tree. One that has several names is read once with each algorithm.
 * @param isOwn whether its files belong to packages of this root file system. If not, we read those that are asked for.
 */
function layerToRead(
  open: OpenImage,
  model: OwnerModel,
  isOwn: boolean,
  asked: ReadonlyMap<number, readonly Asked[]>,
): LayerToRead {
  const { tree } = open.image
  const { ownerOf, isOwner, keyOf } = treeOwners(open, model)
  const ownerAt = (index: number): ByteString | undefined =>
    isOwn && isOwner[ownerOf[index]!] === 1 ? keyOf(tree.entry(ownerOf[index]!)) : undefined
  const subjects: FilesSubject[] = []
  const keys = new Set<ByteString>()
  const identities = new Set<number>()
  let files: LooseFile[] = []
  let bytes = 0
  const finish = (): void => {
    if (files.length > 0) subjects.push({ kind: 'files', open, files, bytes, isEachHashed: true })
    files = []
    bytes = 0
  }
  const pathOf = pathBuilder(tree)
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file') continue
    const key = ownerAt(index)
    if (key !== undefined) keys.add(key)
    const identity = tree.identities[index]!
    const wanted = asked.get(identity)
    if ((key === undefined && wanted === undefined) || identities.has(identity)) continue
    identities.add(identity)
    if (bytes + tree.sizes[index]! > GROUP) finish()
    const file = { entry: tree.entry(index), path: pathOf(index) }
    if (wanted === undefined) files.push(file)
    else for (const hash of new Set(wanted.map(({ content }) => content.algorithm))) files.push({ ...file, hash })
    bytes += tree.sizes[index]!
  }
  finish()
  const packageAt = (index: number): ByteString => asked.get(tree.identities[index]!)?.[0]?.key ?? ownerAt(index)!
  return { open, subjects, identities, keys, asked, packageAt }
}

/**
 * The hashes of files, by algorithm and identity.
 * @param failed hears of each file that we could not read
 */
function hashesOf(
  subjects: readonly FilesSubject[],
  answers: readonly ReadAnswer[],
  failed: (index: number, failure: ReadFailure) => void,
): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>()
  for (const [number, { files, open }] of subjects.entries()) {
    const { each = [], failures } = answers[number]!
    const errors = new Map(failures.map((failure) => [failure.path, failure.error]))
    for (const [at, { entry, hash: algorithm, path }] of files.entries()) {
      const hash = each[at]
      if (hash === undefined) failed(entry.index, { path, error: errors.get(path) ?? failures[0]!.error })
      else if (algorithm !== undefined) hashes.set(`${algorithm} ${open.image.tree.identities[entry.index]!}`, hash)
    }
  }
  return hashes
}
