import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../../images/open-image.ts'
import type { OwnerModel, RootReason } from '../owner.ts'
import { narParts } from './nar.ts'
import { inNarOrder } from './nar-order.ts'
import { packageName } from './package-name.ts'
import { referenceKinds, roleByName } from './reference-kinds.ts'
import { registeredReferences } from './registered-references.ts'
import { isNamelessSource, sourceName } from './source-name.ts'
import { startedStorePaths } from './started-store-paths.ts'
import {
  GUIX_DIRECTORY,
  GUIX_SYSTEM,
  hashOfBase,
  isStorePathName,
  nameOfBase,
  STORE_DIRECTORY,
  splitBase,
} from './store-path.ts'
import { storePathRoles } from './store-path-roles.ts'
import { storePathsInTree } from './store-paths-in-tree.ts'

/** Both kinds of systems are told by their names, for a key says nothing of its store. */
const startReason = (base: ByteString): RootReason => (nameOfBase(base) === GUIX_SYSTEM ? 'guix-system' : 'init')

/** Nix: owners are store paths, by their base names "hash-name". */
export const nix: OwnerModel = {
  kind: 'nix',
  noun: ['store path', 'store paths'],
  directory: STORE_DIRECTORY,
  isKey: isStorePathName,
  nameOf: nameOfBase,
  split: splitBase,
  packageOf: packageName,
  find: (open: OpenImage) => storePathsInTree(open, STORE_DIRECTORY, true),
  entriesOf: inNarOrder,
  declared: registeredReferences,
  archiveOf: narParts,
  startedBy: startedStorePaths,
  startReason,
  rootReason: (base) => (nameOfBase(base).startsWith('nixos-system-') ? 'nixos-system' : undefined),
  compositionOf: storePathRoles,
  kindsOf: referenceKinds,
  roleByName,
  hashOf: hashOfBase,
  isNameless: isNamelessSource,
  contentName: sourceName,
}

/**
 * Guix: the store paths of Nix in a store of its own. Their names are alike, so `nix` speaks for single keys of both. Guix
 * registers references in a database that no image has to have.
 */
export const guix: OwnerModel = {
  kind: 'guix',
  noun: nix.noun,
  directory: GUIX_DIRECTORY,
  isKey: isStorePathName,
  nameOf: nameOfBase,
  split: splitBase,
  packageOf: packageName,
  find: (open: OpenImage) => storePathsInTree(open, GUIX_DIRECTORY, false),
  entriesOf: inNarOrder,
  declared: () => undefined,
  startedBy: startedStorePaths,
  startReason,
  rootReason: () => undefined,
  compositionOf: storePathRoles,
  kindsOf: referenceKinds,
  hashOf: hashOfBase,
  isNameless: isNamelessSource,
  contentName: sourceName,
}
