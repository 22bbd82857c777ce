import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** The parts of the key of a package. */
export interface PackageParts {
  readonly name: ByteString
  readonly version: ByteString
  /** '' if the database does not say. */
  readonly architecture: ByteString
}

/** What stands in the place of the name in the key of the selection, see `selectionKey`. */
const SELECTION = '*'
/** The same for the packages on the medium, see `mediumKey`. The key of a package has "=" in it. */
const MEDIUM = 'medium'

/**
 * The key of a package: "dpkg:libc6:amd64=2.36-9". Names hold neither ":" nor "=" (deb-control(5), APKINDEX, PKGBUILD(5) and
 * rpm's tags agree on that). A slash would end a key, so a text with one is no part of a package.
 * @returns undefined if a part cannot stand in a key
 */
export function packageKey(kind: string, { name, version, architecture }: PackageParts): ByteString | undefined {
  if (!/^[^:=/*]+$/.test(name) || !/^[^/]+$/.test(version) || !/^[^:=/]*$/.test(architecture)) return undefined
  return `${kind}:${name}:${architecture}=${version}`
}

/**
 * The key of what holds the packages that a user chose and those that the system cannot do without. It is no package and
 * takes no bytes: to remove its reference to a package is to uninstall that package.
 */
export function selectionKey(kind: string): ByteString {
  return `${kind}:${SELECTION}`
}

/**
 * The key of what holds the packages that lie on the medium as files. It is no package either: to remove its reference to a
 * package is to leave the file out.
 */
export function mediumKey(kind: string): ByteString {
  return `${kind}:${MEDIUM}`
}

/** Whether a key is no package, but holds some: those that were selected, or those on the medium. */
export function isSelectionKey(key: ByteString): boolean {
  // A version may end so, too: "dpkg:a:all=1:medium".
  const rest = key.slice(key.indexOf(':') + 1)
  return rest === SELECTION || rest === MEDIUM
}

/** The parts of a key of a kind; undefined for the selection and for a text that is no such key. */
export function packageParts(kind: string, key: ByteString): PackageParts | undefined {
  if (!key.startsWith(`${kind}:`)) return undefined
  const found = /^([^:=/*]+):([^:=/]*)=([^/]+)$/.exec(key.slice(kind.length + 1))
  return found === null ? undefined : { name: found[1]!, architecture: found[2]!, version: found[3]! }
}
