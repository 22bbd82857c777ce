import { resolve } from 'node:path'
import { isUrl, type RemoteFile, shownUrl } from '../platform/remote-file.ts'
import { UsageError } from './exit-codes.ts'

/** The arguments of commands that name images. */
const IMAGES: readonly string[] = ['image', 'images', 'old', 'new', 'base']

/** Files on servers, or copies of them on this machine, by the names that we show. */
const files = new Map<string, RemoteFile | string>()

/**
 * The arguments of a command, with a name that may be shown in place of each URL, whose user and query may be secret. The
 * rest of the command line knows these names only, as if they were paths.
 */
export function withShownNames(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  files.clear()
  const headers = headersOf((values['header'] as readonly string[] | undefined) ?? [])
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named)
    return typeof value === 'string' && isUrl(value) ? nameFor({ url: value, headers }) : value
  }
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, IMAGES.includes(key) ? named(value) : value]),
  )
}

/** An image of a list, and what it is called. */
export interface ListedImage {
  readonly name: string
  readonly file: RemoteFile | string
}

/** The image that a word of a list means, which is a path or a URL. @param header "NAME: VALUE" of each, for servers */
export function listedImage(word: string, header: readonly string[] = []): ListedImage {
  if (!isUrl(word)) return { name: word, file: word }
  const file = { url: word, headers: headersOf(header) }
  const name = nameFor(file)
  forget(name, file)
  return { name, file }
}

/** The image that a name of the command line stands for, as one of a list. */
export function asListed(name: string): ListedImage {
  return { name, file: imageFileOf(name) }
}

/** Answers about an image of a list. Its name stands for it only so long, because a list may have no end. */
export async function withListed<Answer>({ name, file }: ListedImage, answer: () => Promise<Answer>): Promise<Answer> {
  if (file !== name) files.set(name, file)
  try {
    return await answer()
  } finally {
    forget(name, file)
  }
}

/** A name that hides a part of its URL is kept, so that no other URL gets it. */
function forget(name: string, file: RemoteFile | string): void {
  if (typeof file === 'string' || file.url === name) files.delete(name)
}

/** The name of a file on a server. URLs that differ only in what we do not show get a number. */
function nameFor(file: RemoteFile): string {
  const shown = shownUrl(file.url)
  let name = shown
  for (let number = 2; ; number += 1) {
    const known = files.get(name)
    if (known === undefined) files.set(name, file)
    if (known === undefined || (typeof known === 'object' && known.url === file.url)) return name
    name = `${shown}#${number}`
  }
}

/** What a name of the command line stands for: a path, or a file on a server. */
export function imageFileOf(name: string): RemoteFile | string {
  return files.get(name) ?? name
}

/** Files on servers, by the names of the command line. */
export function remoteFiles(): readonly (readonly [string, RemoteFile])[] {
  return [...files].flatMap(([name, file]) => (typeof file === 'string' ? [] : [[name, file] as const]))
}

/** Has a name stand for a copy on this machine. */
export function replaceByCopy(name: string, path: string): void {
  files.set(name, path)
}

/** Whether a name stands for a file on a server. To read it takes time, and traffic. */
export function isRemote(name: string): boolean {
  return typeof imageFileOf(name) !== 'string'
}

/** Whether a name stands for a copy of what a server has. */
export function isCopy(name: string): boolean {
  return typeof files.get(name) === 'string'
}

/** The file, for threads. */
export function fileForThreads(name: string): RemoteFile | string {
  const file = imageFileOf(name)
  return typeof file === 'string' ? resolve(file) : file
}

/** The headers for a server, by name. @param header "NAME: VALUE" of each */
function headersOf(header: readonly string[]): Record<string, string> {
  return Object.fromEntries(header.map(headerOf))
}

/** A name is a token of RFC 9110 5.6.2. An error does not show the value, which may be a secret. */
function headerOf(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~]*)$/.exec(text) ?? []
  if (name === undefined) throw new UsageError('--header: give "NAME: VALUE"')
  return [name, value!]
}
