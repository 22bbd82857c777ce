import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import type { Entry } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import { childrenOf } from '../images/resolve-path.ts'
import type { MentionPlace } from './mentions.ts'
import { HASH_LENGTH } from './nix/reference-scanner.ts'
import type { Owner } from './owner.ts'

/** A hash and the text around it. */
export interface Excerpt {
  readonly before: ByteString
  readonly hash: ByteString
  readonly after: ByteString
}

/** How many bytes we show before and after a hash, as `nix why-depends --precise` does. */
const MARGIN = 32

/**
 * Reads the text around a hash; undefined if the store owner has no such place.
 * @throws {FormatError} if we cannot read the content
 */
export function excerptAt(owner: Owner, { path, kind, offset }: MentionPlace): Excerpt | undefined {
  const entry = entryAt(owner, path)
  if (entry === undefined) return undefined
  const text = kind === 'target' ? entry.target : kind === 'name' ? entry.name : undefined
  if (text !== undefined) return around(text, offset)
  const source = contentSource(owner.open.reader, entry)
  const start = Math.max(0, offset - MARGIN)
  const end = Math.min(source.size, offset + HASH_LENGTH + MARGIN)
  return around(byteString(source.read(start, end - start)), offset - start)
}

function entryAt({ open: { image }, entry }: Owner, path: ByteString): Entry | undefined {
  let at: Entry | undefined = entry
  for (const name of path === '' ? [] : path.split('/')) {
    at = at === undefined ? undefined : childrenOf(image, at).find((child) => child.name === name)
  }
  return at
}

function around(text: ByteString, offset: number): Excerpt {
  return {
    before: text.slice(0, offset),
    hash: text.slice(offset, offset + HASH_LENGTH),
    after: text.slice(offset + HASH_LENGTH),
  }
}
