import type { ImageFile } from '../platform/image-file.ts'
import { isUrl, shownUrl } from '../platform/remote-file.ts'
import { UsageError } from './exit-codes.ts'

/** Files on servers, by the names that messages have for them. */
const remoteFiles = new Map<string, ImageFile>()

/**
 * What the user means by an image: a path, or a file on a server.
 * @param header "NAME: VALUE" of each header for the server
 */
export function imageFileOf(path: string, header: readonly string[] = []): ImageFile {
  if (!isUrl(path)) return path
  const file = { url: path, headers: headersOf(header) }
  remoteFiles.set(shownUrl(path), file)
  return file
}

/** The file on a server that a message names; undefined for all others. */
export function remoteFileNamed(name: string): ImageFile | undefined {
  return remoteFiles.get(name)
}

/** The headers for a server, by name. @param header "NAME: VALUE" of each */
export function headersOf(header: readonly string[]): Record<string, string> {
  return Object.fromEntries(header.map(headerOf))
}

/** A name is a token of RFC 9110 5.6.2. An error does not show the value, which may be a secret. */
function headerOf(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~]*)$/.exec(text) ?? []
  if (name === undefined) throw new UsageError('--header: give "NAME: VALUE"')
  return [name, value!]
}
