import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { modelOfKey } from '../../owners/models.ts'
import { fullName, isPackage, packageOf } from '../../owners/names.ts'
import { printable } from '../text/printable.ts'

/** The parts of a package. What holds the packages that a user chose has an empty version. */
interface PackageJson {
  readonly key: string
  readonly manager: string
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/**
 * What an object of JSON says of the owner that it is about: a store path by its `path`, a package by its `key` and the parts
 * of it. Other objects name the owner by the one or the other.
 */
export function ownerJson(key: ByteString, directory: ByteString): { readonly path: string } | PackageJson {
  const named = printable(fullName(directory, key))
  if (!isPackage(key)) return { path: named }
  const { name, version, output } = packageOf(key)
  return {
    key: named,
    manager: modelOfKey(key)!.kind,
    name: printable(name),
    version: printable(version),
    architecture: printable(output),
  }
}

/** The owner of a thing, as a field whose name tells its kind. `storePath` is null if there is none. */
export function ownerFieldJson(
  key: ByteString | undefined,
  directory: ByteString,
): { readonly storePath: string | null } | { readonly package: string } {
  if (key === undefined) return { storePath: null }
  const named = printable(fullName(directory, key))
  return isPackage(key) ? { package: named } : { storePath: named }
}

/**
 * Lists of owners, each under the word for its kind.
 * @param hasPackages whether the image has packages; one without has no word for them
 */
export function ownersJson<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => ByteString,
  hasPackages: boolean,
  toJson: (item: Item) => object,
): { readonly storePaths: object[]; readonly packages?: object[] } {
  const storePaths = items.filter((item) => !isPackage(keyOf(item))).map(toJson)
  if (!hasPackages) return { storePaths }
  return { storePaths, packages: items.filter((item) => isPackage(keyOf(item))).map(toJson) }
}

/** An owner on each side of a comparison; undefined where it is absent. */
export interface OwnerSides {
  readonly old: ByteString | undefined
  readonly new: ByteString | undefined
}

/** The owners on both sides of a comparison, by words that tell their kind. What is absent has no field. */
export function sidesJson({ old, new: now }: OwnerSides, directories: Readonly<Record<keyof OwnerSides, ByteString>>) {
  const some = now ?? old
  const word = some !== undefined && isPackage(some) ? 'Package' : 'Path'
  const full = (side: keyof OwnerSides, key: ByteString): string => printable(fullName(directories[side], key))
  return {
    ...(word === 'Package'
      ? { manager: modelOfKey(some!)!.kind, architecture: printable(packageOf(some!).output) }
      : {}),
    ...(old === undefined ? {} : { [`old${word}`]: full('old', old) }),
    ...(now === undefined ? {} : { [`new${word}`]: full('new', now) }),
  }
}
