import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { globMatcher } from '../glob.ts'
import { nameOfBase, parseStorePathName } from './store-path.ts'

/**
 * The numbers of the store paths that a pattern means. We try several readings and return the matches of the first one
 * that has any. A path into a store path counts as that store path. The readings are, in this order:
 * - a base name, then a name, then a name without version
 * - a glob with * and ? over names and base names, if the pattern has such characters
 * - otherwise the beginning of a base name, then a part of a name
 * @param paths base names
 */
export function findPaths(paths: readonly ByteString[], pattern: ByteString): readonly number[] {
  const path = pattern.startsWith('/') ? baseInPath(pattern) : pattern.replace(/\/+$/, '')
  for (const matches of readingsOf(path)) {
    const found: number[] = []
    for (const [number, base] of paths.entries()) if (matches(base)) found.push(number)
    if (found.length > 0) return found
  }
  return []
}

/** The component of a path that is a store path's name: "/nix/store/hash-name/bin/x" is in "hash-name". */
function baseInPath(path: ByteString): ByteString {
  const components = path.split('/').filter((component) => component !== '')
  return components.find((component) => parseStorePathName(component) !== undefined) ?? path
}

function readingsOf(pattern: ByteString): readonly ((base: ByteString) => boolean)[] {
  if (pattern === '') return []
  const readings = [
    (base: ByteString) => base === pattern,
    (base: ByteString) => nameOfBase(base) === pattern,
    (base: ByteString) => parseStorePathName(base)?.pname === pattern,
  ]
  if (/[*?[]/.test(pattern)) {
    const glob = globMatcher(pattern)
    return [...readings, (base: ByteString) => glob(nameOfBase(base)) || glob(base)]
  }
  return [
    ...readings,
    (base: ByteString) => base.startsWith(pattern),
    (base: ByteString) => nameOfBase(base).includes(pattern),
  ]
}
