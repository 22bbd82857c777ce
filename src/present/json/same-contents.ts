import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { wastedByContent } from '../../analyses/duplicates.ts'
import type { SameContent, StoredOnce } from '../../inventory/same-contents.ts'
import { named } from './named.ts'
import { ownerFieldJson } from './owner.ts'

/** A content that is stored in several places. */
export function sameContentJson(content: SameContent, directory: ByteString): object {
  return {
    size: content.size,
    wasted: wastedByContent(content),
    places: content.places.map(({ image, path, files, owner, compression, own }) => ({
      ...named('imagePath', image),
      ...named('path', path),
      files,
      ...ownerFieldJson(owner, directory),
      compression: compression ?? null,
      own,
    })),
  }
}

/** The files of an image that share what is stored. */
export function storedOnceJson({ image, files, bytes, contents }: StoredOnce): object {
  return {
    ...named('imagePath', image),
    files,
    bytes,
    contents: contents.map(({ size, paths, own }) => ({ size, own, sharedBy: paths.map((at) => named('path', at)) })),
  }
}
