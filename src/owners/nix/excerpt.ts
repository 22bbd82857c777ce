import { type ByteString, byteString } from '../../../parsers/bytes/byte-string.ts'
import type { Entry } from '../../../parsers/image.ts'
import { contentSource } from '../../images/content-reader.ts'
import { childrenOf } from '../../images/resolve-path.ts'
import type { MentionPlace } from './mentions.ts'
import { HASH_LENGTH } from './reference-scanner.ts'
import type { StoreObject } from './store-objects.ts'

/** What stands around a hash. */
export interface Excerpt {
  readonly before: ByteString
  readonly hash: ByteString
  readonly after: ByteString
}

/** Bytes shown before and behind a hash: as many as `nix why-depends --precise` shows. */
const MARGIN = 32

/**
 * Reads what stands around a hash; undefined when there is no such place.
 * @throws {FormatError} where the content cannot be read
 */
export function excerptAt(object: StoreObject, { path, kind, offset }: MentionPlace): Excerpt | undefined {
  const entry = entryAt(object, path)
  if (entry === undefined) return undefined
  const text = kind === 'target' ? entry.target : kind === 'name' ? entry.name : undefined
  if (text !== undefined) return around(text, offset)
  const source = contentSource(object.open.reader, entry)
  const start = Math.max(0, offset - MARGIN)
  const end = Math.min(source.size, offset + HASH_LENGTH + MARGIN)
  return around(byteString(source.read(start, end - start)), offset - start)
}

function entryAt({ open: { image }, entry }: StoreObject, path: ByteString): Entry | undefined {
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
