import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { HashAlgorithm } from '../platform/running-hash.ts'

/** What a package manager declares of a file of a package. */
export interface DeclaredFile {
  /** As the database spells it, with or without the slash at the beginning. */
  readonly path: ByteString
  readonly content: DeclaredContent
  /** Whether the package is whole without it. */
  readonly isOptional?: boolean
}

/** The hash of a file in hexadecimal, or where a link leads. */
export type DeclaredContent =
  | {
      readonly kind: 'hash'
      readonly algorithm: HashAlgorithm
      /** A shorter one than the algorithm gives is the beginning of it. */
      readonly hash: string
      /** Whether it may be the hash of where a link leads, as apk has it. */
      readonly isOfTarget?: boolean
    }
  | { readonly kind: 'link'; readonly target: ByteString }

/** What a package manager declares of the files of all packages in a root file system. */
export interface DeclaredFiles {
  /**
   * By the key of the package, without files that users may change. Such a package, of which nothing else is declared, has
   * an empty list. A package of which nothing is declared is missing.
   */
  readonly files: ReadonlyMap<ByteString, readonly DeclaredFile[]>
  /** Why some may be missing. */
  readonly problems: readonly FormatError[]
}
