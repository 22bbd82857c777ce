import { resolve } from 'node:path'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { fileSource as pathSource } from '../../../parsers/bytes/file-source.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import type { ImageFile } from '../image-file.ts'
import { isUrl, type RemoteFile } from '../remote-file.ts'
import { httpSource } from './http-source.ts'

/**
 * The bytes of a file.
 * @param name the name in messages; by default the path as given
 * @throws {FormatError} UNSUPPORTED for what is no regular file; the system's error if we cannot open it
 */
export function fileSource(file: ImageFile, name?: string): ByteSource {
  const remote = remoteFile(file)
  return remote === undefined ? pathSource(pathOf(file), name) : httpSource(remote, name)
}

/** The same file, also where the working directory is another one. */
export function absoluteFile(file: ImageFile): ImageFile {
  return remoteFile(file) ?? resolve(pathOf(file))
}

/** The file on a server that is meant; undefined for one of this machine. */
export function remoteFile(file: ImageFile): RemoteFile | undefined {
  if (typeof file === 'string') return isUrl(file) ? { url: file, headers: {} } : undefined
  return 'url' in file ? file : undefined
}

/** @throws {FormatError} UNSUPPORTED for a file of a browser, whose bytes Node cannot read at once */
export function pathOf(file: ImageFile): string {
  if (typeof file === 'string') return file
  const facts = { source: 'name' in file ? file.name : file.url, structure: 'file', offset: 0 }
  throw new FormatError('UNSUPPORTED', 'Node reads a file by its path', facts)
}
