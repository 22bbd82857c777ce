import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { VersionLimit } from './version-order.ts'

/** What a package manager's database says of one package, or the package itself. All texts are bytes of the image. */
export interface InstalledPackage {
  /** Without the architecture: "libc6". */
  readonly name: ByteString
  /** As the package manager writes it, with epoch and revision: "2.36-9+deb12u4". */
  readonly version: ByteString
  /** "amd64"; '' if the database does not say. */
  readonly architecture: ByteString
  /**
   * The source package that it was built from: "glibc", or "gcc-12@12.2.0-14" if its version differs; of rpm the name of its
   * file. Absent if both are those of the package, or if the database does not say. Advisories are about source packages.
   */
  readonly source?: ByteString | undefined
  /** The paths that it owns, as the database spells them, with or without the slash at the beginning. */
  readonly files: readonly ByteString[]
  readonly requires: readonly Requirement[]
  /** What it provides besides its own name: virtual packages, sonames, capabilities. */
  readonly provides: readonly ByteString[]
  /**
   * Why the package manager keeps it: the system cannot do without it, a user chose it, or only because other packages
   * require it. Of a `leftover` only configuration files are there. One `on medium` is not installed: it is a file to
   * install from. Undefined if the database does not say.
   */
  readonly selection: 'essential' | 'chosen' | 'automatic' | 'leftover' | 'on medium' | undefined
}

/** What a package requires: at least one of some names. */
export interface Requirement {
  /** Names of packages, or what packages provide, with an architecture if it must be that one: "libc6:i386". Each may do. */
  readonly alternatives: readonly ByteString[]
  /** Which versions of a package of such a name satisfy it, by the name. Absent if any does. */
  readonly limits?: ReadonlyMap<ByteString, VersionLimit>
  /** Whether the package works without it too, as with Recommends of dpkg. */
  readonly isWeak: boolean
}

/** The database of a package manager in an image, or the packages that lie in it as files. */
export interface PackageDatabase {
  readonly packages: readonly InstalledPackage[]
  /** The architecture that packages of "all" run on, as they require others: that of dpkg. Undefined if it makes no difference. */
  readonly nativeArchitecture?: ByteString | undefined
  /** What we could not read of it. */
  readonly problems: readonly FormatError[]
  /** That it is of a kind that we do not read. It matters only if no other package manager has packages in the system. */
  readonly unread?: FormatError
}
