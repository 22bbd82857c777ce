import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Requirement } from '../package-database.ts'
import type { VersionLimit } from '../version-order.ts'

/** The relations of a field such as Depends: a list of alternatives (deb-control(5); Debian Policy 7.1). */
export function requirementsOf(field: ByteString | undefined, isWeak: boolean): readonly Requirement[] {
  return listed(field, ',')
    .map((relation) => {
      const alternatives = listed(relation, '|')
      const limits = new Map(alternatives.flatMap(limitOf))
      return { alternatives: alternatives.map(nameOf), ...(limits.size === 0 ? {} : { limits }), isWeak }
    })
    .filter(({ alternatives }) => alternatives.length > 0)
}

/** The names in a field such as Provides. */
export function namesIn(field: ByteString | undefined): readonly ByteString[] {
  return listed(field, ',').map(nameOf)
}

function listed(text: ByteString | undefined, separator: string): readonly ByteString[] {
  if (text === undefined) return []
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Relations as Debian writes them. The last two are old, and take the version itself, too (Debian Policy 7.1). */
const RELATIONS: ReadonlyMap<string, VersionLimit['relation']> = new Map([
  ['<<', '<'],
  ['<=', '<='],
  ['=', '='],
  ['>=', '>='],
  ['>>', '>'],
  ['<', '<='],
  ['>', '>='],
])

/** The versions that "libc6:any (>= 2.34)" takes, with the name; none if it takes all. */
function limitOf(relation: ByteString): (readonly [ByteString, VersionLimit])[] {
  // A version begins with neither of these, so a text without an end takes no time that grows with its square.
  const [, sign, version] = /\(\s*([<>=]+)\s*([^\s()<>=][^\s()]*)\s*\)/.exec(relation) ?? []
  const known = RELATIONS.get(sign ?? '')
  return known === undefined || version === undefined ? [] : [[nameOf(relation), { relation: known, version }]]
}

/**
 * "libc6:any (>= 2.34)" is "libc6", for the architecture of either will do. "libc6:i386" stays, for only that one will
 * (deb-control(5), Depends).
 */
function nameOf(relation: ByteString): ByteString {
  return /^[^\s([<]*/.exec(relation)![0].replace(/:(any|native)?$/, '')
}
