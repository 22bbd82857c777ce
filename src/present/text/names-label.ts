import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { fileName } from '../../views/file-names.ts'
import { printable } from './printable.ts'

/** The paths of a file, safe to print: see `fileName`. */
export function namesLabel(name: ByteString, otherNames: readonly ByteString[] | undefined): string {
  return printable(fileName(name, otherNames).short)
}

/** The paths of a file without their first slash. */
export function withoutSlash(names: readonly ByteString[]): ByteString[] {
  return names.map((name) => name.slice(1))
}
