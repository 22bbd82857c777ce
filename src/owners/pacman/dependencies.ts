import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Requirement } from '../package-database.ts'
import { requirementOf } from '../version-limit.ts'

/** A library with its version and word size, "libcrypto.so=3-64". Two packages may provide it in different versions. */
const LIBRARY = /^[^=<>:]*\.so=[^:]+/

/** What a package requires; without the optional dependencies it works, too. */
export function requirementsOf(
  depends: readonly ByteString[] | undefined,
  optional: readonly ByteString[] | undefined,
): readonly Requirement[] {
  const required = (list: readonly ByteString[] | undefined, isWeak: boolean): readonly Requirement[] =>
    (list ?? []).map((dependency) => requirementOf(dependency, nameRequired(dependency), isWeak))
  return [...required(depends, false), ...required(optional, true)]
}

/**
 * What a dependency asks for: "glibc>=2.36" and "perl: for scripts" ask for a name (PKGBUILD(5), depends and optdepends). The
 * versions of libraries tell packages apart, as names do.
 */
function nameRequired(dependency: ByteString): ByteString {
  return LIBRARY.exec(dependency)?.[0] ?? nameOf(dependency)
}

/** What a text of `provides` answers: a name, and a library with its version, too. */
export function namesProvided(provided: ByteString): readonly ByteString[] {
  return LIBRARY.test(provided) ? [provided, nameOf(provided)] : [nameOf(provided)]
}

function nameOf(text: ByteString): ByteString {
  return /^[^=<>:]*/.exec(text)![0]
}

/** The package base that a package was built from, if it has another name (PKGBUILD(5), pkgbase). Both have one version. */
export function sourceOf(name: ByteString, base: ByteString | undefined): ByteString | undefined {
  return base === name ? undefined : base
}
