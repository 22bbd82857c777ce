import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { InstalledPackage } from '../package-database.ts'

/**
 * The packages with the paths among what they provide that others require: "/bin/sh" is required of whoever owns it. As for
 * rpm, a path is that of a file if links of directories lead to it, as after a merge of /usr.
 * @param find the number of the entry at a path; undefined if the image has none
 */
export function providingPaths(
  packages: readonly InstalledPackage[],
  find: (path: ByteString) => number | undefined,
): readonly InstalledPackage[] {
  const required = new Set<ByteString>()
  for (const { requires } of packages) {
    for (const { alternatives } of requires) {
      for (const name of alternatives) if (name.startsWith('/')) required.add(name)
    }
  }
  /** The required paths that end in the same name: only these can be the same file. */
  const byName = new Map<ByteString, { readonly path: ByteString; readonly entry: number | undefined }[]>()
  for (const path of required) {
    const known = byName.get(nameOf(path))
    const found = { path, entry: find(path) }
    if (known === undefined) byName.set(nameOf(path), [found])
    else known.push(found)
  }
  return packages.map((one) => {
    const provided = one.files.flatMap((file) => {
      const candidates = byName.get(nameOf(file))
      if (candidates === undefined) return []
      const entry = find(file)
      return candidates
        .filter(({ path, entry: other }) => path === file || (other !== undefined && other === entry))
        .map(({ path }) => path)
    })
    return provided.length === 0 ? one : { ...one, provides: [...one.provides, ...provided] }
  })
}

function nameOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
