import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { globMatcher, isGlob } from './glob.ts'
import { isOwnerKey, nameOf, namesWithArchitecture, splitKey } from './names.ts'

/**
 * The numbers of the owners that a pattern means. We try several readings and return the matches of the first one
 * that has any. A path into a store path counts as that store path. The readings are, in this order:
 * - a key, then a name, then a name without version, then a name with its architecture ("libc6:i386"), then a label: the beginning of the hash, "…-" and a name
 * - a glob with * and ? over names and keys, if the pattern has such characters
 * - otherwise the beginning of a key, then a part of a name
 */
export function findOwners(keys: readonly ByteString[], pattern: ByteString): readonly number[] {
  const wanted = pattern.startsWith('/') ? keyInPath(pattern) : pattern.replace(/\/+$/, '')
  for (const matches of readingsOf(wanted)) {
    const found: number[] = []
    for (const [number, key] of keys.entries()) if (matches(key)) found.push(number)
    if (found.length > 0) return found
  }
  return []
}

/** The component of a path that is a key: "/nix/store/hash-name/bin/x" is in "hash-name". */
function keyInPath(path: ByteString): ByteString {
  const components = path.split('/').filter((component) => component !== '')
  return components.find(isOwnerKey) ?? path
}

function readingsOf(pattern: ByteString): readonly ((key: ByteString) => boolean)[] {
  if (pattern === '') return []
  const readings = [
    (key: ByteString) => key === pattern,
    (key: ByteString) => nameOf(key) === pattern,
    (key: ByteString) => splitKey(key).pname === pattern,
    (key: ByteString) => namesWithArchitecture(key).includes(pattern),
    ...labelReading(pattern),
  ]
  if (isGlob(pattern)) {
    const glob = globMatcher(pattern)
    return [...readings, (key: ByteString) => glob(nameOf(key)) || glob(key)]
  }
  return [...readings, (key: ByteString) => key.startsWith(pattern), (key: ByteString) => nameOf(key).includes(pattern)]
}

/** The label that we print for one of several owners of the same name: "2a1b…-grub-2.12". */
function labelReading(pattern: ByteString): readonly ((key: ByteString) => boolean)[] {
  const [hash, name] = pattern.split(LABEL_MIDDLE, 2)
  if (hash === undefined || hash === '' || name === undefined) return []
  return [(key) => key.startsWith(hash) && nameOf(key) === name]
}

/** As bytes, with the ellipsis in UTF-8. */
const LABEL_MIDDLE = byteStringOfText('…-')
