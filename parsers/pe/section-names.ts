import type { ByteString } from '../bytes/byte-string.ts'

/** Whether a name can be in a path. */
export function isFileName(name: ByteString): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)
}

/** A function that adds a number to a name that it has given before: .dtbauto, .dtbauto.2, .dtbauto.3. */
export function uniqueNames(): (name: ByteString) => ByteString {
  const given = new Set<ByteString>()
  const next = new Map<ByteString, number>()
  return (name) => {
    let unique = name
    for (let number = next.get(name) ?? 2; given.has(unique); number += 1) {
      unique = `${name}.${number}`
      next.set(name, number + 1)
    }
    given.add(unique)
    return unique
  }
}
