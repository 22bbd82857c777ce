import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { printable } from './printable.ts'

/** The paths of a file: "live/initrd.img = live/initrd.img-6.1.0-50" for two, "a +3 names" for more. */
export function namesLabel(name: ByteString, otherNames: readonly ByteString[] | undefined): string {
  const [other] = otherNames ?? []
  if (otherNames?.length === 1 && other !== undefined) return `${printable(name)} = ${printable(other)}`
  return shortNamesLabel(name, otherNames)
}

/** The same if there is room for only one path: "live/initrd.img +1 name". */
export function shortNamesLabel(name: ByteString, otherNames: readonly ByteString[] | undefined): string {
  const count = otherNames?.length ?? 0
  if (count === 0) return printable(name)
  return `${printable(name)} +${count} name${count === 1 ? '' : 's'}`
}

/** The paths of a file without their first slash. */
export function withoutSlash(names: readonly ByteString[]): ByteString[] {
  return names.map((name) => name.slice(1))
}
