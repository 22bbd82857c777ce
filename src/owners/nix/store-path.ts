import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { OwnerName } from '../owner.ts'
import { HASH_LENGTH } from './reference-scanner.ts'

/** Nix: the hash in its base32 (no e, o, t, u), a dash, and a name of at most 211 letters, digits and +-._?= */
const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/

/** The directory of Nix's store, unless an image names another. */
export const STORE_DIRECTORY = '/nix/store'
/** The directory of Guix's store. */
export const GUIX_DIRECTORY = '/gnu/store'
/** The name of a system of Guix (Guix: gnu/services.scm, system-derivation). */
export const GUIX_SYSTEM = 'system'

/** "name" for "hash-name". */
export function nameOfBase(base: ByteString): ByteString {
  return base.slice(HASH_LENGTH + 1)
}

/** "hash" of "hash-name". */
export function hashOfBase(base: ByteString): ByteString {
  return base.slice(0, HASH_LENGTH)
}

/** The parts of a base name, as Nix splits it: the version begins after the first dash that a letter does not follow. */
export function splitBase(base: ByteString): OwnerName {
  const name = nameOfBase(base)
  // Nix: DrvName.
  const dash = name.search(/-[^a-zA-Z]/)
  return dash < 0 ? { name, pname: name } : { name, pname: name.slice(0, dash), version: name.slice(dash + 1) }
}

/** Whether a text is the base name of a store path. */
export function isStorePathName(base: ByteString): boolean {
  return base.length > 33 && base.charCodeAt(32) === 0x2d && BASE_NAME.test(base)
}
