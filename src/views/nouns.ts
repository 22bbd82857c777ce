import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Grouping } from '../analyses/grouping.ts'
import { kindOfKeys } from '../owners/models.ts'
import { nounOf } from '../owners/names.ts'

/** A noun for one and for several. */
export type Noun = readonly [one: string, several: string]

/** What the owners of an image are called. */
export interface Nouns {
  /** "store path", "package". */
  readonly owner: Noun
  /** The same in a sentence that is about them: "path", "package". */
  readonly brief: Noun
}

/** What owners of a kind are called. */
export function nounsOf(kind: string): Nouns {
  return nounsFor(nounOf(kind))
}

/** The same, for a noun that we know. */
export function nounsFor(owner: Noun): Nouns {
  return owner[0] === STORE_PATHS.owner[0] ? STORE_PATHS : { owner, brief: owner }
}

/** What the owners of a NixOS image are called. */
export const STORE_PATHS: Nouns = { owner: ['store path', 'store paths'], brief: ['path', 'paths'] }

const PACKAGE: Noun = ['package', 'packages']

/** What some owners are called, by their keys. */
export function nounsOfKeys(keys: readonly ByteString[]): Nouns {
  return nounsOf(kindOfKeys(keys))
}

/** Whether owners are store paths and packages, as in a Debian with a Nix store. */
export function areOfBothKinds({ owner }: Nouns): boolean {
  return owner[0] !== STORE_PATHS.owner[0] && owner[0] !== PACKAGE[0]
}

/** What rows are called that are no single owners. */
export const GROUPED: Readonly<Record<Exclude<Grouping, 'path'>, Noun>> = {
  package: PACKAGE,
  directory: ['directory', 'directories'],
  file: ['file', 'files'],
  region: ['region', 'regions'],
}

/** The word above the names of rows: "store path", "package", "store path or package", "directory". */
export function rowNoun(by: Grouping, kind: string): string {
  return by === 'path' ? nounsOf(kind).owner[0] : GROUPED[by][0]
}
