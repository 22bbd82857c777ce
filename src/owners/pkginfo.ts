import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** The values of a .PKGINFO by their keys. */
export type PackageInfo = ReadonlyMap<ByteString, readonly ByteString[]>

/** Reads a .PKGINFO, which packages of apk and of pacman have: lines "key = value", and comments after "#". */
export function readPackageInfo(text: ByteString): PackageInfo {
  const values = new Map<ByteString, ByteString[]>()
  for (const line of text.split('\n')) {
    const found = /^([^\s#=]+) = (.*)$/.exec(line)
    if (found === null) continue
    const [, key, value] = found
    const known = values.get(key!)
    if (known === undefined) values.set(key!, [value!])
    else known.push(value!)
  }
  return values
}
