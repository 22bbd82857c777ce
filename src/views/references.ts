import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { isPackage } from '../owners/names.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import type { Root } from '../owners/roots.ts'
import { INIT } from '../owners/roots.ts'
import { joined, name, type Words } from './cell.ts'
import { areOfBothKinds, type Nouns, STORE_PATHS } from './nouns.ts'

const ORIGINS = {
  registration: 'nix-path-registration',
  database: 'the package database',
  scan: 'a scan for store hashes',
} as const satisfies Readonly<Record<ReferencesOrigin, string>>

/**
 * Where we know the references of an answer from, for a line of it. Contents name store paths alone: those of packages are
 * from their database, whatever is in the image besides.
 * @param nouns of the owners that the answer is about
 */
export function referencesFrom(origin: ReferencesOrigin, complete: boolean, nouns: Nouns = STORE_PATHS): Words {
  const unread = complete ? '' : ', as far as it could be read'
  if (origin === 'database' || !areOfBothKinds(nouns)) return [`references from ${ORIGINS[origin]}${unread}`]
  return [`references of store paths from ${ORIGINS[origin]}${unread}, of packages from ${ORIGINS.database}`]
}

/** The same for an answer about one owner. */
export function referencesOfOwner(key: ByteString, origin: ReferencesOrigin, complete: boolean): Words {
  return referencesFrom(isPackage(key) ? 'database' : origin, complete)
}

/** Why a store path is a root, in a few words. */
export function rootReason({ reason, files = [] }: Pick<Root, 'reason' | 'files'>): Words {
  switch (reason) {
    case 'init':
      if (files.length === 1 && files[0] === INIT) return ['the kernel starts it as /init']
      return ['init= in ', ...namesOf(files)]
    case 'guix-system':
      return ['gnu.system= in ', ...namesOf(files)]
    case 'nixos-system':
      return ['a NixOS system']
    case 'selection':
      return ['chosen by a user, or essential']
    case 'medium':
      return ['files to install from']
    case 'unreferenced':
      return ['nothing refers to it']
    case 'cycle':
      return ['one of several that refer to each other']
    case 'given':
      return ['as given']
  }
}

function namesOf(files: readonly ByteString[]): Words {
  return joined(
    files.map((file) => [name(file.slice(file.lastIndexOf('/') + 1))]),
    ', ',
  )
}
