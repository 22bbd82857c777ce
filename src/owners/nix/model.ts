import type { OwnerModel } from '../owner.ts'
import { narParts } from './nar.ts'
import { inNarOrder } from './nar-order.ts'
import { packageName } from './package-name.ts'
import { referenceKinds, roleByName } from './reference-kinds.ts'
import { registeredReferences } from './registered-references.ts'
import { isNamelessSource, sourceName } from './source-name.ts'
import { startedStorePaths } from './started-store-paths.ts'
import { hashOfBase, isStorePathName, nameOfBase, STORE_DIRECTORY, splitBase } from './store-path.ts'
import { storePathRoles } from './store-path-roles.ts'
import { storePathsInTree } from './store-paths-in-tree.ts'

/** Nix: owners are store paths, by their base names "hash-name". */
export const nix: OwnerModel = {
  kind: 'nix',
  noun: ['store path', 'store paths'],
  directory: STORE_DIRECTORY,
  isKey: isStorePathName,
  nameOf: nameOfBase,
  split: splitBase,
  packageOf: packageName,
  find: storePathsInTree,
  entriesOf: inNarOrder,
  declared: registeredReferences,
  archiveOf: narParts,
  startedBy: startedStorePaths,
  rootReason: (base) => (nameOfBase(base).startsWith('nixos-system-') ? 'nixos-system' : undefined),
  compositionOf: storePathRoles,
  kindsOf: referenceKinds,
  roleByName,
  hashOf: hashOfBase,
  isNameless: isNamelessSource,
  contentName: sourceName,
}
