import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { PackageName } from '../owner.ts'
import { nameOfBase } from './store-path.ts'

/**
 * Splits the base name of a store path as `nix store diff-closures` does. Nix does not know the outputs and takes a
 * last word of small letters for one (Nix: getClosureInfo in src/nix/diff-closures.cc). So it reads "linux-firmware" as
 * the output "firmware" of "linux". It then splits name and version at the first dash before a non-letter.
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
