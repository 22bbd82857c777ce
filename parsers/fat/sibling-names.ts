import type { ByteString } from '../bytes/byte-string.ts'

/** Whether a name can be part of a path: not empty, not '.' or '..', without '/' and NUL. */
export function isPathComponent(name: ByteString): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')
}

/**
 * Sorts the records of one directory by the bytes of their names, and makes the names unique. Of equal names, the first
 * record in the directory keeps its name.
 * @returns the records that have another name now
 */
export function sortSiblings<Named extends { name: ByteString }>(siblings: Named[]): readonly Named[] {
  siblings.sort(byName)
  const renamed: Named[] = []
  const taken = new Set(siblings.map(({ name }) => name))
  if (taken.size === siblings.length) return renamed
  let previous: ByteString | undefined
  let copy = 2
  for (const record of siblings) {
    const { name } = record
    if (name !== previous) {
      previous = name
      copy = 2
      continue
    }
    // A name with that ending may exist too.
    while (taken.has(`${name};duplicate-${copy}`)) copy += 1
    record.name = `${name};duplicate-${copy}`
    taken.add(record.name)
    renamed.push(record)
  }
  siblings.sort(byName)
  return renamed
}

function byName(one: { readonly name: ByteString }, other: { readonly name: ByteString }): number {
  if (one.name === other.name) return 0
  return one.name < other.name ? -1 : 1
}
