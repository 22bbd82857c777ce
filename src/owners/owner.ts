import { type ByteString, readable } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { Entry } from '../../parsers/image.ts'
import type { ReferenceGraph } from '../graph/reference-graph.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { DeclaredFiles } from './declared-files.ts'
import type { Composition, OwnerRole, ReferenceKinds } from './reference-kind.ts'
import type { References } from './references.ts'
import type { RootFileSystem } from './root-file-system.ts'

/** Who bytes are there for: a Nix store path or a package. */
export interface Owner {
  /** Its name, unique in the image. For a store path, the base name "hash-name". */
  readonly key: ByteString
  readonly model: OwnerModel
  readonly open: OpenImage
  /** The owners of all entries of that image. */
  readonly tree: TreeOwners
  /** The first entry that belongs to it. For a store path, the top of it. */
  readonly entry: Entry
  /** What it has in other layers of its root file system; absent for most. */
  readonly otherLayers?: readonly OwnerPart[]
}

/** What an owner has in one image. */
export type OwnerPart = Pick<Owner, 'open' | 'tree' | 'entry'>

/** An entry of an owner, and its path in the owner: '' for a store path itself, else the names below it. */
export interface OwnedEntry {
  readonly open: OpenImage
  readonly entry: Entry
  readonly path: ByteString
}

/**
 * A kind of owners: how we find them in an image, what they are called, and how they refer to each other. models.ts
 * lists all models.
 */
export interface OwnerModel {
  /** "nix". Saved inventories name the model by it. */
  readonly kind: string
  /** What one owner is called in output, and several: "store path", "store paths". */
  readonly noun: readonly [one: string, several: string]
  /** The directory before a key in the full name of an owner, unless an image names another; '' if there is none. */
  readonly directory: ByteString

  /** Whether a text is a key of this model. No two models have keys in common, and no key has a slash. */
  isKey(text: ByteString): boolean
  /** The name that people use for an owner: for a store path, without the hash. */
  nameOf(key: ByteString): string
  /** The name that tells owners of one name apart, where a hash does not: "libc6:i386 2.36-9". */
  longNameOf?(key: ByteString): string
  /** That name and its parts. */
  split(key: ByteString): OwnerName
  /** The package that a key belongs to, for the comparison of two images. */
  packageOf(key: ByteString): PackageName

  /** Finds the owner of each entry of an image's tree. Contents may be read for it. */
  find(open: OpenImage): TreeOwners
  /** The entries of an owner in one image. Two images are compared in this order. */
  entriesOf(owner: Owner): Iterable<OwnedEntry>

  /**
   * The references between owners that an image declares.
   * @param images the image and all images inside it
   * @param keys of the owners in it
   * @returns undefined if it declares none
   * @throws {FormatError} if we cannot read them
   */
  declared(images: readonly OpenImage[], keys: ReadonlySet<ByteString>): References | undefined
  /**
   * What the owners of an image declare that have no hash to scan for, where others have one: the packages of a Debian with a
   * Nix store. Absent if all owners are alike.
   */
  declaredBeside?(images: readonly OpenImage[], keys: ReadonlySet<ByteString>): References | undefined
  /**
   * The keys of what an image declares that has no entries: packages that only depend on others. Absent if all have some.
   * @param keys of those with entries
   */
  withoutEntries?(images: readonly OpenImage[], keys: ReadonlySet<ByteString>): ReadonlySet<ByteString>
  /**
   * The archive of an owner that `References.contentHashes` has the SHA-256 of: its contents, and the bytes between
   * them. Absent if images declare no such hashes.
   * @throws {FormatError} if the format of the archive cannot hold the owner
   */
  archiveOf?(owner: Owner): Iterable<ArchivePart>
  /**
   * What the database of a package manager in a root file system declares of the files of its packages; undefined if the
   * system has no database. Absent if the model has no packages.
   */
  filesDeclared?(root: RootFileSystem): DeclaredFiles | undefined
  /** The owners that the configuration of a boot loader starts, by key. */
  startedBy(configuration: ByteString): ReadonlySet<ByteString>
  /** Why an owner is a root that a boot loader starts. Absent if `init` says it for all. */
  startReason?(key: ByteString): RootReason
  /** Why an owner is a root whatever refers to it; undefined for most. */
  rootReason(key: ByteString): RootReason | undefined
  /** What owners consist of, as far as the kinds of references depend on it. Absent if all references are built in. */
  compositionOf?(owners: ReadonlyMap<ByteString, Owner>): Composition
  /** The kinds of references. Present if `compositionOf` is. */
  kindsOf?(graph: ReferenceGraph, begins: readonly number[], composition: Composition | undefined): ReferenceKinds
  /** What an owner is by its name alone; undefined for a package. Absent if all owners are packages. */
  roleByName?(key: ByteString): OwnerRole | undefined
  /**
   * The hash that contents name an owner by: 32 digits of Nix's base32. Absent if contents do not name owners, so that
   * there is nothing to scan for.
   */
  hashOf?(key: ByteString): ByteString
  /** Whether the name of an owner says nothing: "source". Absent if all names of the model say something. */
  isNameless?(key: ByteString): boolean
  /**
   * What an owner is by its content, where its name does not tell: nixpkgs and its version, a flake. Undefined if the content
   * does not tell either, or if we cannot read it. Absent if all names of the model say something.
   */
  contentName?(owner: Owner): ContentName | undefined
}

/** A content of an archive, and the bytes before it. */
export interface ArchivePart {
  /** The bytes after the content of the part before, up to this content. */
  readonly before: Uint8Array
  /** The file; undefined in the last part, which has no content. */
  readonly entry: Entry | undefined
  /** Its path in the owner. */
  readonly path: ByteString
}

/** What an owner is by its content, as text from the image, which is not safe to print. */
export interface ContentName {
  /** "nixpkgs". */
  readonly name: string
  /** Absent if the content tells none. */
  readonly version?: string
}

/** What owners are by their contents, by key. */
export type ContentNames = ReadonlyMap<ByteString, ContentName>

/** Who the entries of a tree are there for. */
export interface TreeOwners {
  /**
   * For each entry, the first entry of its owner in tree order. An entry without an owner is there for itself.
   */
  readonly ownerOf: Uint32Array
  /** 1 for the first entry of an owner. */
  readonly isOwner: Uint8Array
  /** The key of the owner whose first entry this is. */
  keyOf(entry: Entry): ByteString
  /** Why we may not have found all owners: a database that we cannot read. */
  readonly problems: readonly FormatError[]
  /** The same, unless another model has packages in the same root file system; absent for most. */
  readonly unread?: FormatError
}

/** The parts of the name of an owner. */
export interface OwnerName {
  /** The name that people use: for a store path, everything after the hash. */
  readonly name: string
  /** `name` up to the version. */
  readonly pname: string
  /** Absent if the name has none. */
  readonly version?: string
}

/** The package of an owner, and which version and output of it the owner is. */
export interface PackageName {
  /** "openssl" for openssl-3.0.14-dev. */
  readonly name: string
  /** "3.0.14"; '' if it has none. */
  readonly version: string
  /** "dev", or the architecture of a package of another package manager; '' if it has none. */
  readonly output: string
}

/**
 * Why an owner is in the image for its own sake: a boot loader starts it (as the program or as a system of Guix), it is a NixOS
 * system, it stands for the packages
 * that were selected or for those that lie on the medium as files, no owner refers to it, it is the first of a cycle, or
 * the user named it.
 */
export type RootReason =
  | 'init'
  | 'guix-system'
  | 'nixos-system'
  | 'selection'
  | 'medium'
  | 'unreferenced'
  | 'cycle'
  | 'given'

/** Everything that belongs to an owner, in the order of its model: of several layers, as if they were one image. */
export function entriesOf(owner: Owner): Iterable<OwnedEntry> {
  const { model, otherLayers } = owner
  if (otherLayers === undefined) return model.entriesOf(owner)
  return [owner, ...otherLayers]
    .flatMap((part) => [...model.entriesOf({ ...owner, ...part })])
    .sort((a, b) => (inTreeOrder(a.path) < inTreeOrder(b.path) ? -1 : 1))
}

/** A text that sorts as the path does in a tree, where all below a directory comes before what follows it. */
function inTreeOrder(path: ByteString): string {
  return path.replaceAll('/', '\0')
}

/** A problem with an entry of an owner, with the entry's name. */
export function notReadInFull({ key }: Owner, path: ByteString, { code, detail, facts }: FormatError): FormatError {
  const inside = path === '' ? key : `${key}/${path}`
  return new FormatError(code, `${readable(inside)} cannot be read in full: ${detail}`, facts)
}
