import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { modelOfKey, modelOfKind, OWNER_MODELS } from './models.ts'
import type { OwnerModel, OwnerName, PackageName } from './owner.ts'
import type { OwnerRole } from './reference-kind.ts'
import type { References } from './references.ts'

/** What one owner of a kind is called, and several: "store path", "store paths". */
export function nounOf(kind: string): OwnerModel['noun'] {
  return (modelOfKind(kind) ?? OWNER_MODELS[0]).noun
}

/** Whether owners of a kind are packages of a package manager. Their keys have no hash. */
export function hasPackages(kind: string): boolean {
  const kinds = kind.split('+')
  return OWNER_MODELS.some((model) => model.hashOf === undefined && kinds.includes(model.kind))
}

/** Whether a key is that of a package, not of a store path. */
export function isPackage(key: ByteString): boolean {
  const model = modelOfKey(key)
  return model !== undefined && model.hashOf === undefined
}

/** Whether a text is the key of an owner. */
export function isOwnerKey(text: ByteString): boolean {
  return modelOfKey(text) !== undefined
}

/** The name that people use for an owner: for a store path, without the hash. */
export function nameOf(key: ByteString): string {
  return modelOfKey(key)?.nameOf(key) ?? key
}

/** The name that tells an owner from others of the same name, unless its model tells them apart by their hashes. */
export function longNameOf(key: ByteString): string {
  return modelOfKey(key)?.longNameOf?.(key) ?? nameOf(key)
}

/** The names with the architecture: "libc6:i386 2.36-9" and "libc6:i386". Of a store path, these are its name. */
export function namesWithArchitecture(key: ByteString): readonly string[] {
  const long = longNameOf(key)
  return [long, long.split(' ', 1)[0]!]
}

/** That name and its parts. */
export function splitKey(key: ByteString): OwnerName {
  return modelOfKey(key)?.split(key) ?? { name: key, pname: key }
}

/** The package that an owner belongs to. */
export function packageOf(key: ByteString): PackageName {
  return modelOfKey(key)?.packageOf(key) ?? { name: key, version: '', output: '' }
}

/**
 * A text that is the same for all owners of one package: each output of a store path, each architecture and version. A
 * package of Debian and a store path of the same name are two.
 */
export function packageIdOf(key: ByteString): string {
  const model = modelOfKey(key)
  return `${model?.kind ?? ''} ${model?.packageOf(key).name ?? key}`
}

/** What an owner is by its name alone; undefined for a package. */
export function roleByName(key: ByteString): OwnerRole | undefined {
  return modelOfKey(key)?.roleByName?.(key)
}

/** The hash in a key; '' if its model has none. */
export function hashOf(key: ByteString): ByteString {
  return modelOfKey(key)?.hashOf?.(key) ?? ''
}

/** Whether the name of an owner says nothing, so that only its content may tell what it is. */
export function isNameless(key: ByteString): boolean {
  return modelOfKey(key)?.isNameless?.(key) ?? false
}

/** The full name of an owner: "/nix/store/hash-name". */
export function fullName(directory: ByteString, key: ByteString): ByteString {
  return directory === '' || modelOfKey(key)?.directory === '' ? key : `${directory}/${key}`
}

/** Whether a path or glob over paths lies where the full names of owners do. */
export function isBelow(directory: ByteString, path: ByteString): boolean {
  return directory !== '' && `${path}/`.startsWith(`${directory}/`)
}

/** The key in the full name of an owner. */
export function keyOfName(name: ByteString): ByteString {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** The full name of the owner of a node. */
export function fullNameOf({ graph, directory }: References, node: number): ByteString {
  return fullName(directory, graph.keys[node]!)
}
