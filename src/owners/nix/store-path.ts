import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { HASH_LENGTH } from './reference-scanner.ts'

/** The parts of a store path's base name, as Nix splits it. */
export interface StorePathName {
  /** 32 characters of Nix base32. */
  readonly hash: string
  /** Everything after the dash. */
  readonly name: string
  /** `name` up to the version. */
  readonly pname: string
  /** Everything from the first dash before a non-letter on, without the dash; absent if there is none. */
  readonly version?: string
}

/** Nix: the hash in its base32 (no e, o, t, u), a dash, and a name of at most 211 letters, digits and +-._?= */
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/

/** The directory of Nix's store, unless an image names another. */
export const STORE_DIRECTORY = '/nix/store'

/** "hash-name" for "/nix/store/hash-name" and for paths of other store directories. */
export function baseOfPath(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** "name" for "hash-name". */
export function nameOfBase(base: ByteString): ByteString {
  return base.slice(HASH_LENGTH + 1)
}

/** "hash" of "hash-name". */
export function hashOfBase(base: ByteString): ByteString {
  return base.slice(0, HASH_LENGTH)
}

/** Splits a base name "hash-name"; undefined if it is not one. */
export function parseStorePathName(base: ByteString): StorePathName | undefined {
  if (!BASE_NAME.test(base)) return undefined
  const hash = hashOfBase(base)
  const name = nameOfBase(base)
  // Nix's DrvName: the version begins after the first dash that a letter does not follow.
  const dash = name.search(/-[^a-zA-Z]/)
  return dash < 0
    ? { hash, name, pname: name }
    : { hash, name, pname: name.slice(0, dash), version: name.slice(dash + 1) }
}

/** Whether a base name is a store path's. It does not split it, which is faster for lists of many names. */
export function isStorePathName(base: ByteString): boolean {
  return base.length > 33 && base.charCodeAt(32) === 0x2d && BASE_NAME.test(base)
}
