import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Requirement } from '../package-database.ts'
import { requirementOf } from '../version-limit.ts'

/**
 * The names in a list of dependencies or of what a package provides: "so:libz.so.1=1.3 !old foo>=2 bar@edge". We leave out
 * those after "!", which must not be installed.
 */
export function namesIn(list: ByteString): readonly ByteString[] {
  return wordsIn(list).map(nameOf)
}

/** What a list of dependencies requires. */
export function requirementsOf(list: ByteString): readonly Requirement[] {
  return wordsIn(list).map((word) => requirementOf(word, nameOf(word), false))
}

function wordsIn(list: ByteString): readonly ByteString[] {
  return list.split(/\s+/).filter((word) => word !== '' && !word.startsWith('!'))
}

/** "foo>=2" is "foo". An "@" comes before the tag of a repository (apk-world(5)). */
function nameOf(dependency: ByteString): ByteString {
  return /^[^=<>~@]*/.exec(dependency)![0]
}

/** The package that a package was built with, if it has another name. Both have one version. */
export function sourceOf(name: ByteString, origin: ByteString | undefined): ByteString | undefined {
  return origin === name || origin === '' ? undefined : origin
}
