import type { ByteString } from '../../../parsers/bytes/byte-string.ts'

/** Where a file of a package lies, if the file of another package took its place. */
export type Diversions = (path: ByteString, packageName: ByteString) => ByteString

/**
 * The diversions of a system: three lines each, the path, where it goes, and the package that diverts, which keeps the path
 * itself; ":" stands for the administrator (dpkg-divert(1); dpkg, lib/dpkg/db-fsys-divert.c).
 */
export function readDiversions(text: ByteString | undefined): Diversions {
  const lines = (text ?? '').split('\n')
  const diverted = new Map<ByteString, { readonly to: ByteString; readonly by: ByteString }>()
  for (let index = 0; index + 2 < lines.length; index += 3) {
    diverted.set(lines[index]!, { to: lines[index + 1]!, by: lines[index + 2]! })
  }
  return (path, packageName) => {
    const found = diverted.get(path)
    return found === undefined || found.by === packageName ? path : found.to
  }
}
