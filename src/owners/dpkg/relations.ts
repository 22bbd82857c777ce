import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Requirement } from '../package-database.ts'

/**
 * The relations of a field such as Depends: a list of alternatives (deb-control(5); Debian Policy 7.1). We do not compare
 * versions: the package manager did when it installed the packages.
 */
export function requirementsOf(field: ByteString | undefined, isWeak: boolean): readonly Requirement[] {
  return listed(field, ',')
    .map((relation) => ({ alternatives: listed(relation, '|').map(nameOf), isWeak }))
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

/** "libc6:any (>= 2.34)" is "libc6". */
function nameOf(relation: ByteString): ByteString {
  return /^[^\s:([<]*/.exec(relation)![0]
}
