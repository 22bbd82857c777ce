import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'

/** A file with all the names that it has in either of two images. */
export interface NamesOfFile {
  /** The first name in the newer image, or in the older one if the newer image has none of its names. */
  readonly name: ByteString
  readonly otherNames: readonly ByteString[]
}

/**
 * Finds the files of two images that are hard-linked in one of them. Names of one file in either image are names of one
 * file in the comparison. So an additional or a missing name is not a new or a lost file.
 * @returns the file by each of its names, without names that stand alone in both images
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
