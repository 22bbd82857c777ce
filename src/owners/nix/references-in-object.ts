import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { byteString } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../../parsers/bytes/errors.ts'
import { contentSource } from '../../images/content-reader.ts'
import { HASH_LENGTH, ReferenceScanner, ReferenceStream } from './reference-scanner.ts'
import { entriesOf, notReadInFull, type StoreObject } from './store-objects.ts'

/** Bytes shown before and behind a hash (Nix: margin in src/nix/why-depends.cc). */
const MARGIN = 32

/** The first place in a file, or the symlink, where a hash stands. */
export interface ReferencePlace {
  /** Path inside the store object; '' when the object is the file or symlink itself. */
  readonly path: ByteString
  readonly type: 'file' | 'symlink'
  /** Byte offset of the hash in the content, or in the target. */
  readonly offset: number
  /** What stands around it: at most 32 bytes each way of a file's content, all of a target. */
  readonly before: ByteString
  readonly hash: ByteString
  readonly after: ByteString
}

/**
 * Finds hashes in the contents and symlink targets of a store object, each file's first occurrence of each, in the
 * order of a NAR. Names are not searched, as `nix why-depends --precise` does not. Where a content cannot be read the next
 * goes on.
 * @param hashes 32 characters each
 * @param failed is told of each content that cannot be read
 */
export function* referencesIn(
  object: StoreObject,
  hashes: readonly ByteString[],
  failed: (error: FormatError) => void,
): Generator<ReferencePlace> {
  const { reader } = object.open
  const scanner = new ReferenceScanner(hashes)
  for (const { entry, path } of entriesOf(object)) {
    const reading = (read: () => void): void => {
      try {
        read()
      } catch (error) {
        failed(notReadInFull(object, path, asFormatError(error)))
      }
    }
    if (entry.type === 'symlink') {
      const target = entry.target ?? ''
      for (const hash of hashes) {
        const offset = target.indexOf(hash)
        if (offset < 0) continue
        const after = target.slice(offset + HASH_LENGTH)
        yield { path, type: 'symlink', offset, before: target.slice(0, offset), hash, after }
      }
    } else if (entry.type === 'file' && entry.size >= HASH_LENGTH) {
      const first = new Map<number, number>()
      const stream = new ReferenceStream(scanner, (hash, offset) => {
        if (!first.has(hash)) first.set(hash, offset)
      })
      reading(() => {
        for (const chunk of reader.chunks(entry)) {
          stream.push(chunk)
          if (first.size === hashes.length) break
        }
      })
      if (first.size === 0) continue
      const windows = new Map<number, Pick<ReferencePlace, 'before' | 'after'>>()
      reading(() => {
        const source = contentSource(reader, entry)
        for (const [hash, offset] of first) {
          const start = Math.max(0, offset - MARGIN)
          const end = Math.min(source.size, offset + HASH_LENGTH + MARGIN)
          const window = byteString(source.read(start, end - start))
          const hashStart = offset - start
          windows.set(hash, { before: window.slice(0, hashStart), after: window.slice(hashStart + HASH_LENGTH) })
        }
      })
      for (const [hash, offset] of first) {
        const { before, after } = windows.get(hash) ?? { before: '', after: '' }
        yield { path, type: 'file', offset, before, hash: hashes[hash]!, after }
      }
    }
  }
}
