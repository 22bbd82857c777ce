import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Requirement } from './package-database.ts'
import type { VersionLimit } from './version-order.ts'

/**
 * What a dependency such as "glibc>=2.36" requires, as apk and pacman write it.
 * @param name the name in it
 */
export function requirementOf(dependency: ByteString, name: ByteString, isWeak: boolean): Requirement {
  // An explanation stands behind a colon and a space, and an epoch before a colon.
  const [, relation, version] = /^(<=|>=|<|>|=)([^<>=~@\s]+?):?(?:[@\s]|$)/.exec(dependency.slice(name.length)) ?? []
  if (relation === undefined || version === undefined) return { alternatives: [name], isWeak }
  const limit = { relation: relation as VersionLimit['relation'], version }
  return { alternatives: [name], limits: new Map([[name, limit]]), isWeak }
}
