import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'

/** A file under all the names that either of two images has for it. */
export interface NamesOfFile {
  /** The first name in the newer image, or in the older one where the newer has none of them. */
  readonly name: ByteString
  readonly otherNames: readonly ByteString[]
}

/**
 * Finds the files of two images that are hard-linked in one of them: names of one file in either image are names of one
 * file in the comparison, so that a name more or less is no new and no lost file.
 * @returns by each name the file; names that stand alone in both are left out
 */
export function namesOfFiles(
  older: readonly Account[],
  newer: readonly Account[],
): ReadonlyMap<ByteString, NamesOfFile> {
  const groups = new Map<ByteString, Set<ByteString>>()
  for (const { name, otherNames } of [...newer, ...older]) {
    if (otherNames === undefined) continue
    const names = [name, ...otherNames]
    const known = new Set(names.flatMap((one) => groups.get(one) ?? []))
    const [largest, ...others] = [...known].sort((a, b) => b.size - a.size)
    const group = largest ?? new Set<ByteString>()
    for (const one of [...names, ...others.flatMap((other) => [...other])]) {
      group.add(one)
      groups.set(one, group)
    }
  }
  const inNewer = new Set(newer.flatMap(({ name }) => (groups.has(name) ? name : [])))
  const files = new Map<Set<ByteString>, NamesOfFile>()
  return new Map(
    Array.from(groups, ([one, group]): [ByteString, NamesOfFile] => {
      let file = files.get(group)
      if (file === undefined) {
        const all = [...group]
        const name = all.find((candidate) => inNewer.has(candidate)) ?? all[0]!
        file = { name, otherNames: all.filter((candidate) => candidate !== name) }
        files.set(group, file)
      }
      return [one, file]
    }),
  )
}
