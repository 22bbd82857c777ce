import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { streamCheck } from '../../parsers/codecs/stream-check.ts'
import { type ImplantedHash, pathBuilder, type UnpackedStream } from '../../parsers/image.ts'
import { allImages, type FoundImage } from '../images/all-images.ts'
import { type OpenImage, problemsOf } from '../images/open-image.ts'
import type { MentionPlace } from '../owners/mentions.ts'
import { modelOfKind, OWNER_MODELS } from '../owners/models.ts'
import type { Owner, OwnerModel } from '../owners/owner.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'
import type { References } from '../owners/references.ts'
import type { LooseFile, ReadFailure, ReadSubject } from '../scan/plan-reading.ts'
import {
  type ReadAnswer,
  type ReadOptions,
  type ReadThreads,
  readContents,
  startReading,
} from '../scan/read-contents.ts'
import { undeclaredMentions } from '../scan/undeclared-mentions.ts'
import { type PackagesToRead, packagesToRead, type ReadPackage } from './package-integrity.ts'

/** What the bytes of an image say of its integrity, as plain data for `verify`. */
export interface Integrity {
  /** The name of the image. */
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  /** The kind of its owners: "nix". */
  readonly kind: string
  /** The directory before a key in the full name of an owner. */
  readonly directory: ByteString
  /** What the image declares of its owners; undefined if it declares nothing, or if we could not read it. */
  readonly declared: References | undefined
  /** Why we could not read what it declares. */
  readonly declaredProblem: FormatError | undefined
  /** The owners in the image, in byte order of their keys. */
  readonly owners: readonly ReadOwner[]
  /** The packages whose database declares what their files are, in byte order of their keys. */
  readonly packages: readonly ReadPackage[]
  readonly files: ReadFiles
  readonly checksums: readonly FoundChecksum[]
  /** What is wrong with the images, without the checksums above. */
  readonly problems: readonly FormatError[]
  /** Whether we could read all metadata. */
  readonly complete: boolean
}

/** What the content of an owner is. */
export interface ReadOwner {
  readonly key: ByteString
  /** SHA-256 of its archive, in hexadecimal; undefined if we could not read all of it. */
  readonly hash: string | undefined
  /** Bytes of its archive; undefined where the hash is. */
  readonly size: number | undefined
  /** The keys of the owners whose hashes occur in its archive, itself among them, in byte order. */
  readonly mentions: readonly ByteString[]
  /** By key, the first place of each mention that the image does not declare as a reference, if we know it. */
  readonly undeclared: ReadonlyMap<ByteString, MentionPlace>
  /** The first contents that we could not read, with their paths in the owner, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
}

/** The files that belong to no owner, those of images inside included. A file that has several names counts once. */
export interface ReadFiles {
  readonly count: number
  readonly bytes: number
  /** The first that we could not read, with their paths in the outermost image, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
}

/** A checksum of an image or of a compressed stream in it. */
export interface FoundChecksum {
  /** The path of the image that has it, or of the file that is compressed; '' for the outermost one. */
  readonly path: ByteString
  /** What it covers: "GPT header", "zstd stream". */
  readonly structure: string
  /** "CRC-32"; undefined for a stream without a checksum, of which we know only that it decompresses. */
  readonly algorithm: string | undefined
  /** Byte offset in the image, or in the file that is compressed. */
  readonly offset: number
  readonly problem: FormatError | undefined
}

/** Small files are read together, up to this many bytes. */
const GROUP = 8 << 20
/** The most failures of files that we list. */
const MOST_FAILURES = 100

/** Reads all contents of an image, and computes all checksums in it. */
export async function takeIntegrity(open: OpenImage, options: ReadOptions = {}): Promise<Integrity> {
  const pool = startReading(open, options)
  try {
    return await readAll(open, pool, options)
  } finally {
    pool?.end()
  }
}

async function readAll(open: OpenImage, pool: ReadThreads | undefined, options: ReadOptions): Promise<Integrity> {
  const { images, problems: ownerProblems, ...all } = ownersIn(open)
  // No hash covers a package as a whole.
  const kinds = all.model.kind.split('+').filter((kind) => modelOfKind(kind)?.archiveOf !== undefined)
  const model = modelOfKind(kinds.join('+')) ?? OWNER_MODELS[0]
  const owners = new Map([...all.owners].filter(([key]) => kinds.length > 0 && model.isKey(key)))
  const { declared, declaredProblem } = declarations(model, images, owners)
  const keys = [...new Set([...owners.keys(), ...(declared?.graph.keys ?? [])])].sort()
  const byHash = keysByHash(model, keys)
  const hashes = [...byHash.keys()]
  const implanted = implantedIn(open)
  const ofOwners = ownerSubjects(owners)
  const packages = packagesToRead(images)
  const ofPackages = packages.flatMap(({ subjects }) => subjects)
  /** Images that are one account are unpacked meanwhile, such as an initrd. */
  let found: readonly FoundImage[] = []
  let loose: readonly LooseSubject[] = []
  const later = (): readonly LooseSubject[] => {
    found = allImages(open)
    loose = found.flatMap((image) => looseFiles(image, model, owners, identitiesIn(packages, image.open)))
    return loose
  }
  const answers = await readContents(
    open,
    { subjects: [...implanted, ...ofOwners, ...ofPackages], later, hashes },
    pool,
    options,
  )
  const packageStart = implanted.length + ofOwners.length
  const looseStart = packageStart + ofPackages.length
  const checksums = [
    ...found.flatMap(checksumsIn),
    ...implanted.map((subject, index) => implantedChecksum(subject, answers[index]!)),
  ]
  const mentions = new Map(
    Array.from(owners.keys(), (key, index) => {
      const { found: numbers } = answers[implanted.length + index]!
      return [
        key,
        Array.from(numbers)
          .flatMap((number) => byHash.get(hashes[number]!)!)
          .sort(),
      ]
    }),
  )
  const undeclared = await undeclaredMentions(owners, mentions, declared)
  const { warnings, complete } = problemsOf(open)
  const packageProblems = packages.flatMap(({ problems }) => problems)
  const told = new Set(checksums.flatMap(({ problem }) => (problem === undefined ? [] : [problem.message])))
  return {
    name: open.file.name,
    size: open.file.size,
    kind: model.kind,
    directory: declared?.directory ?? model.directory,
    declared,
    declaredProblem,
    owners: Array.from(mentions, ([key, some], index) => {
      const { hash, size, failures, failed } = answers[implanted.length + index]!
      return { key, hash, size, mentions: some, undeclared: undeclared.get(key) ?? new Map(), failures, failed }
    }),
    packages: judged(packages, answers.slice(packageStart, looseStart)),
    files: readFiles(loose, answers.slice(looseStart)),
    checksums,
    problems: once([...warnings, ...ownerProblems, ...packageProblems]).filter(({ message }) => !told.has(message)),
    complete: complete && ownerProblems.length + packageProblems.length === 0,
  }
}

/** Problems without those that several of our readers met. */
function once(problems: readonly FormatError[]): readonly FormatError[] {
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()]
}

/** The files of packages in an image, by their identities. */
function identitiesIn(packages: readonly PackagesToRead[], open: OpenImage): ReadonlySet<number> {
  return new Set(packages.flatMap(({ identities }) => [...(identities.get(open) ?? [])]))
}

/** What became of the packages. One that several images have counts once: layers of one system have its parts. */
function judged(packages: readonly PackagesToRead[], answers: readonly ReadAnswer[]): readonly ReadPackage[] {
  const found = new Map<ByteString, ReadPackage>()
  let next = 0
  for (const { subjects, judge } of packages) {
    for (const one of judge(answers.slice(next, next + subjects.length))) {
      const known = found.get(one.key)
      found.set(one.key, known === undefined ? one : united(known, one))
    }
    next += subjects.length
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function united(one: ReadPackage, other: ReadPackage): ReadPackage {
  return {
    key: one.key,
    declared: one.declared + other.declared,
    isUndeclared: one.isUndeclared && other.isUndeclared,
    flaws: [...one.flaws, ...other.flaws],
    failures: [...one.failures, ...other.failures],
    failed: one.failed + other.failed,
  }
}

function declarations(
  model: OwnerModel,
  images: readonly OpenImage[],
  owners: ReadonlyMap<ByteString, Owner>,
): { declared: References | undefined; declaredProblem: FormatError | undefined } {
  try {
    return { declared: model.declared(images, new Set(owners.keys())), declaredProblem: undefined }
  } catch (error) {
    return { declared: undefined, declaredProblem: asFormatError(error) }
  }
}

function keysByHash(model: OwnerModel, keys: readonly ByteString[]): ReadonlyMap<string, readonly ByteString[]> {
  const byHash = new Map<string, ByteString[]>()
  for (const key of model.hashOf === undefined ? [] : keys) {
    const hash = model.hashOf!(key)
    const known = byHash.get(hash)
    if (known === undefined) byHash.set(hash, [key])
    else known.push(key)
  }
  return byHash
}

/** The owners as subjects, in their order, with the bytes of their contents. */
function ownerSubjects(owners: ReadonlyMap<ByteString, Owner>): ReadSubject[] {
  const bytes = new Map<OpenImage, Float64Array>()
  return Array.from(owners.values(), (owner) => {
    const { open, tree, entry } = owner
    const sums = bytes.get(open) ?? contentBytes(open, tree.ownerOf)
    bytes.set(open, sums)
    return { kind: 'owner', open, owner, bytes: sums[entry.index]! }
  })
}

/** The bytes of the contents of each owner, by its first entry. */
function contentBytes({ image: { tree } }: OpenImage, ownerOf: Uint32Array): Float64Array {
  const sums = new Float64Array(tree.count)
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) === 'file') sums[ownerOf[index]!]! += tree.sizes[index]!
  }
  return sums
}

type LooseSubject = ReadSubject & { readonly kind: 'files' }

/** The files of an image that belong to no owner and to no package, but for those that hold an image with accounts of its own. */
function looseFiles(
  { open, path: imagePath }: FoundImage,
  model: OwnerModel,
  owners: ReadonlyMap<ByteString, Owner>,
  ofPackages: ReadonlySet<number>,
): LooseSubject[] {
  const { tree } = open.image
  const { ownerOf, isOwner } = treeOwners(open, model)
  const firsts = new Set<number>()
  for (const { open: holder, entry } of owners.values()) if (holder === open) firsts.add(entry.index)
  const images = new Set(open.tried.filter((index) => open.inside(index) !== undefined))
  const pathOf = pathBuilder(tree, imagePath)
  const met = new Set<number>()
  const groups: LooseSubject[] = []
  let files: LooseFile[] = []
  let bytes = 0
  const finish = (): void => {
    if (files.length > 0) groups.push({ kind: 'files', open, files, bytes })
    files = []
    bytes = 0
  }
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file' || images.has(index)) continue
    if (isOwner[ownerOf[index]!] === 1 && firsts.has(ownerOf[index]!)) continue
    const identity = tree.identities[index]!
    if (met.has(identity) || ofPackages.has(identity)) continue
    met.add(identity)
    if (bytes + tree.sizes[index]! > GROUP) finish()
    files.push({ entry: tree.entry(index), path: pathOf(index) })
    bytes += tree.sizes[index]!
  }
  finish()
  return groups
}

type ImplantedSubject = ReadSubject & { readonly kind: 'image' }

function implantedIn(open: OpenImage): ImplantedSubject[] {
  const { implantedHash: implanted, source } = open.image
  if (implanted === undefined) return []
  return [{ kind: 'image', open, implanted, bytes: Math.min(implanted.length, source.size) }]
}

function implantedChecksum({ implanted, open }: ImplantedSubject, answer: ReadAnswer): FoundChecksum {
  const problem = answer.failures[0]?.error ?? wrongHash(open, implanted, answer.hash!)
  return { path: '', structure: 'image', algorithm: implanted.name, offset: 0, problem }
}

function wrongHash(
  { image }: OpenImage,
  { expected, blank, name }: ImplantedHash,
  hash: string,
): FormatError | undefined {
  if (hash === expected) return undefined
  const place = { structure: name, offset: blank.start, found: expected, expected: hash }
  return formatError('CHECKSUM', 'the content of the image has another one', image.source, place)
}

/** The checksums of the structures of an image, and of the compressed streams that it came out of. */
function checksumsIn({ open, path }: FoundImage): FoundChecksum[] {
  const { image, compression, damage } = open
  const whole: UnpackedStream[] =
    compression === undefined ? [] : [{ compression, offset: 0, check: streamCheck(storedIn(open)), damage }]
  return [
    ...[...whole, ...(image.streams ?? [])].map((stream) => ({
      path,
      structure: `${stream.compression} stream`,
      algorithm: stream.check,
      offset: stream.offset,
      problem: stream.damage,
    })),
    ...(image.checksums?.() ?? []).map((checksum) => ({ ...checksum, path, problem: checksum.problem })),
  ]
}

/** The compressed source of an image that is compressed as a whole. */
function storedIn({ image, file }: OpenImage) {
  for (let source = image.source; ; ) {
    const { origin } = source
    if (origin.kind === 'stream') return origin.source
    if (origin.kind === 'root') return file
    source = origin.source
  }
}

function readFiles(groups: readonly LooseSubject[], answers: readonly ReadAnswer[]): ReadFiles {
  return {
    count: groups.reduce((sum, { files }) => sum + files.length, 0),
    bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
    failures: answers.flatMap(({ failures }) => failures).slice(0, MOST_FAILURES),
    failed: answers.reduce((sum, { failed }) => sum + failed, 0),
  }
}
