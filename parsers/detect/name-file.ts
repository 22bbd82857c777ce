import type { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { unreadableDisc } from '../iso9660/index.ts'
import { recogniseCompressed } from './compressed.ts'
import { findImage } from './find-image.ts'
import { type FileWord, type ForeignFile, shellWord } from './foreign-file.ts'
import { recogniseImage } from './found-image.ts'
import { recogniseDisk } from './partitioned-disk.ts'
import { recognisePlain } from './plain-kinds.ts'
import { unknownKind } from './unknown.ts'

/**
 * The name of the format of a source, or of the image in its container, from its content: "iso9660", "squashfs".
 * @throws {FormatError} UNSUPPORTED, MALFORMED or TRUNCATED. It says what the source is instead, and what the user can
 * do
 */
export function detectFormat(source: ByteSource): string {
  if (recogniseImage(source) === undefined) throw nameFile(source)
  return findImage(source).format.name
}

/**
 * The error for a source in which we found no image. It says what the source is, and what the user can do with it.
 * @param path the path that the user gave, for the commands in messages
 */
export function nameFile(source: ByteSource, path: string = source.name): FormatError {
  const file: FileWord = (suffix = '') => shellWord(path + suffix)
  const place = { structure: 'first bytes', offset: 0 }
  if (source.size === 0) return formatError('TRUNCATED', 'the file is empty', source, place)
  const disc = unreadableDisc(source, file())
  if (disc !== undefined) return disc
  const kind = recognisePlain(source, file) ?? recogniseDisk(source, file) ?? recogniseCompressed(source, file)
  return kind === undefined ? formatError('MALFORMED', unknownKind(source), source, place) : asError(source, kind)
}

function asError(source: ByteSource, { what, advice, offset }: ForeignFile): FormatError {
  const rest = advice === undefined ? '' : `; ${advice}`
  const structure = offset > source.size / 2 ? 'last bytes' : 'first bytes'
  return formatError('UNSUPPORTED', `this is ${what}${rest}`, source, { structure, offset })
}
