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
  /** The required paths by their names: only files of such a name are looked for. */
  const names = new Set(Array.from(required, nameOf))
  const byEntry = new Map<number, ByteString[]>()
  for (const path of required) {
    const entry = find(path)
    const known = entry === undefined ? undefined : byEntry.get(entry)
    if (known !== undefined) known.push(path)
    else if (entry !== undefined) byEntry.set(entry, [path])
  }
  return packages.map((one) => {
    const provided = new Set<ByteString>()
    const seen = new Set<number>()
    for (const file of one.files) {
      if (!names.has(nameOf(file))) continue
      if (required.has(file)) provided.add(file)
      const entry = find(file)
      if (entry === undefined || seen.has(entry)) continue
      seen.add(entry)
      for (const path of byEntry.get(entry) ?? []) provided.add(path)
    }
    return provided.size === 0 ? one : { ...one, provides: [...one.provides, ...provided] }
  })
}

function nameOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
