import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { formatError } from '../../../parsers/bytes/source.ts'
import type { Header } from '../../../parsers/rpm/header.ts'
import { TAG } from '../../../parsers/rpm/tags.ts'
import { costOfNames } from '../name-cost.ts'

/** States of files that are there: normal, and on a file system that computers share (rpm, include/rpm/rpmfiles.h). */
const PRESENT = new Set([0, 3])
const TYPE_OF_MODE = 0o170000
const DIRECTORY = 0o040000

/**
 * The paths that a package owns, without directories, which many packages share.
 * @param spend counts the bytes of all paths before we make them, because a few long directories can make any number long
 * @throws {FormatError} if the header is damaged
 */
export function filesOf(header: Header, spend: (bytes: number) => void): readonly ByteString[] {
  return ownedFiles(header, spend).map(({ path }) => path)
}

/** A file of a package, and its number in the header. */
interface OwnedFile {
  readonly path: ByteString
  readonly index: number
}

/** The same, with their numbers, by which the header tells more of them. */
export function ownedFiles(header: Header, spend: (bytes: number) => void): readonly OwnedFile[] {
  const states = header.numbers(TAG.fileStates)
  const modes = header.numbers(TAG.fileModes)
  const isOwned = (index: number): boolean =>
    PRESENT.has(states[index] ?? 0) && ((modes[index] ?? 0) & TYPE_OF_MODE) !== DIRECTORY
  const names = header.strings(TAG.baseNames)
  // Packages of before rpm 4 have whole paths.
  if (names.length === 0) {
    return header.strings(TAG.oldFileNames).flatMap((path, index) => (isOwned(index) ? [{ path, index }] : []))
  }
  const directories = header.strings(TAG.directoryNames)
  const indexes = header.numbers(TAG.directoryIndexes)
  const directoryOf = (index: number): ByteString => directories[indexes[index] ?? -1] ?? missing(header, index)
  spend(names.reduce((sum, name, index) => sum + directoryOf(index).length + name.length, costOfNames(names.length)))
  return names.flatMap((name, index) => (isOwned(index) ? [{ path: directoryOf(index) + name, index }] : []))
}

function missing({ source }: Header, index: number): never {
  throw formatError('MALFORMED', 'a file has no directory', source, {
    structure: `rpm tag ${TAG.directoryIndexes}`,
    offset: 0,
    found: `file ${index}`,
  })
}
