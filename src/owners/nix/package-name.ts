import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { nameOfBase } from './store-path.ts'

/** What a store path is a version and an output of. */
export interface PackageName {
  /** "openssl", of openssl-3.0.14-dev. */
  readonly name: string
  /** "3.0.14"; '' when there is none. */
  readonly version: string
  /** "dev"; '' when there is none. */
  readonly output: string
}

/**
 * Takes the base name of a store path apart as `nix store diff-closures` does, which knows no outputs and takes a last
 * word of small letters for one (Nix: getClosureInfo in src/nix/diff-closures.cc): "linux-firmware" is the output
 * "firmware" of "linux" to it. What names the package is then cut at the first dash that no letter follows.
 */
export function packageName(base: ByteString): PackageName {
  const whole = nameOfBase(base)
  const match = /^(.*)-([a-z]+|lib32|lib64)$/s.exec(whole)
  const [rest, output] = match === null ? [whole, ''] : [match[1]!, match[2]!]
  const dash = rest.search(/-[^a-zA-Z]/)
  return dash < 0
    ? { name: rest, version: '', output }
    : { name: rest.slice(0, dash), version: rest.slice(dash + 1), output }
}
