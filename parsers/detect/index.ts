import type { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { foreignSession, unreadableDisc } from '../iso9660/index.ts'
import { recogniseCompressed } from './compressed.ts'
import { type FileWord, type ForeignFile, shellWord } from './foreign-file.ts'
import { type FoundImage, recogniseImage } from './found-image.ts'
import { recogniseDisk } from './partitioned-disk.ts'
import { recognisePlain } from './plain-kinds.ts'
import { unknownKind } from './unknown.ts'

export { type Container, type ContainerPart, findContainer } from './container.ts'
export { type FoundImage, sourceOf } from './found-image.ts'

/**
 * What a source is, told by its content.
 * @throws {FormatError} as `findImage` does
 */
export function detectFormat(source: ByteSource): 'iso9660' | 'squashfs' {
  return findImage(source).format
}

/**
 * The image that a source is, or holds at a place it names (AppImage, SIF).
 * @param path the file as its user calls it, for the commands that are advised
 * @throws {FormatError} UNSUPPORTED, MALFORMED or TRUNCATED, saying what it is instead, and what can be done with it
 */
export function findImage(source: ByteSource, path: string = source.name): FoundImage {
  const file: FileWord = (suffix = '') => shellWord(path + suffix)
  const found = recogniseImage(source)
  if (found === undefined) throw notAnImage(source, file)
  const session = found.format === 'iso9660' ? foreignSession(source) : undefined
  if (session !== undefined) {
    throw foreign(source, {
      what: `a session that begins at sector ${session.start} of its disc: its addresses count from there`,
      advice: `isoinfo -l -N ${session.start} -i ${file()} lists it`,
      offset: session.offset,
    })
  }
  return found
}

function notAnImage(source: ByteSource, file: FileWord): FormatError {
  const place = { structure: 'first bytes', offset: 0 }
  if (source.size === 0) return formatError('TRUNCATED', 'the file is empty', source, place)
  const disc = unreadableDisc(source)
  if (disc !== undefined) return disc
  const kind = recognisePlain(source, file) ?? recogniseDisk(source, file) ?? recogniseCompressed(source, file)
  if (kind !== undefined) return foreign(source, kind)
  return formatError('MALFORMED', unknownKind(source), source, place)
}

function foreign(source: ByteSource, { what, advice, offset }: ForeignFile): FormatError {
  const rest = advice === undefined ? '' : `; ${advice}`
  const structure = offset > source.size / 2 ? 'last bytes' : 'first bytes'
  return formatError('UNSUPPORTED', `this is ${what}${rest}`, source, { structure, offset })
}
