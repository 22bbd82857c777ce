import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Reference } from '../graph/reference-graph.ts'
import type { NamedReference } from './named-reference.ts'

/**
 * What a reference is there for. A `structural` one puts a system together from its parts, and no option removes it. A
 * `chosen` one comes from the configuration of the system, which a user can change. A `built in` one goes from one package
 * to another, and only another build removes it.
 */
export type ReferenceKind = 'structural' | 'chosen' | 'built in'

/** What the references between owners are there for. */
export interface ReferenceKinds {
  of(reference: Reference): ReferenceKind
  /** Whether an owner is a text that the configuration generated for the system, such as a unit. */
  isGeneratedText(node: number): boolean
}

/** The kinds of references between owners that are nothing but packages. */
export const BUILT_IN: ReferenceKinds = { of: () => 'built in', isGeneratedText: () => false }

/**
 * What an owner is by what it consists of: the `system`, a `profile` of programs, a `farm` of links to other owners, or a
 * `text`, which is one generated file. An `essential` one is a package that the system cannot do without.
 */
export type OwnerRole = (typeof OWNER_ROLES)[number]

export const OWNER_ROLES = ['system', 'profile', 'farm', 'text', 'essential'] as const

/** What owners consist of, as far as the kinds of references depend on it. */
export interface Composition {
  /** The roles by key. An owner that is not among them is a package. */
  readonly roles: ReadonlyMap<ByteString, OwnerRole>
  /** The files and links of systems that mention other owners, by keys. */
  readonly mentions: readonly SystemMention[]
  /** References that an owner can do without, such as those to packages that it recommends. Absent if there are none. */
  readonly weak?: readonly NamedReference[]
}

/** A file or link of a system that mentions another owner. */
export interface SystemMention extends NamedReference {
  /** Its path in the system. */
  readonly path: ByteString
}
