import { byteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import type { Entry, Image } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Metadata, Xattr } from './metadata.ts'

/** Reads the metadata of entries. It reports and leaves out metadata that it cannot read. */
export class MetadataReader {
  /** The errors of metadata that we could not read. */
  readonly problems: FormatError[] = []
  readonly #links = new Map<Image, ReadonlyMap<number, number>>()
  readonly #xattrs = new Map<Image, Map<number, readonly Xattr[]>>()
  #linkCount = 0
  /** Bytes of all sets so far, because a hostile image can have thousands of sets over the same few bytes. */
  #xattrBytes = 0

  metadataOf(open: OpenImage, entry: Entry): Metadata {
    const { mode, uid, gid, mtime, device } = entry
    const link = this.#linksOf(open.image).get(entry.identity)
    const set = open.image.xattrSet?.(entry)
    const xattrs = set === undefined ? undefined : this.#xattrsOf(open, entry, set)
    const metadata: { -readonly [Key in keyof Metadata]: Metadata[Key] } = { mode, uid, gid, mtime }
    if (device !== undefined) metadata.device = device
    if (xattrs !== undefined && xattrs.length > 0) metadata.xattrs = xattrs
    if (link !== undefined && entry.type !== 'directory') metadata.link = link
    return metadata
  }

  #xattrsOf({ image, reader: { limits } }: OpenImage, entry: Entry, set: number): readonly Xattr[] {
    const sets = this.#xattrs.get(image) ?? new Map<number, readonly Xattr[]>()
    this.#xattrs.set(image, sets)
    const known = sets.get(set)
    if (known !== undefined) return known
    let xattrs: readonly Xattr[] = []
    try {
      if (this.#xattrBytes <= limits.xattrs) {
        xattrs = image.xattrs!(entry)
          .map(({ name, value }) => ({ name, value: byteString(value) }))
          .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
        this.#xattrBytes += xattrs.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
        if (this.#xattrBytes > limits.xattrs) {
          throw formatError('LIMIT', 'all of them have more bytes than are read', image.source, {
            structure: 'extended attributes',
            offset: 0,
            ...atLimit(limits, 'xattrs'),
          })
        }
      }
    } catch (error) {
      this.problems.push(asFormatError(error))
    }
    sets.set(set, xattrs)
    return xattrs
  }

  /** A number for each identity that several entries share. */
  #linksOf(image: Image): ReadonlyMap<number, number> {
    const known = this.#links.get(image)
    if (known !== undefined) return known
    const identities = image.tree.identities.slice().sort()
    const links = new Map<number, number>()
    for (let index = 1; index < identities.length; index += 1) {
      const identity = identities[index]!
      if (identity !== identities[index - 1] || links.has(identity)) continue
      links.set(identity, this.#linkCount)
      this.#linkCount += 1
    }
    this.#links.set(image, links)
    return links
  }
}
