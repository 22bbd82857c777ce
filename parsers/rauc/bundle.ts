import { u64be } from '../bytes/fields.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import { type Signature, signatureAt } from './signature.ts'

/** What a bundle ends with (RAUC, "Reference", bundle formats): the size of the signature before it. */
export const signatureSize = struct('RAUC signature size', { size: u64be })

/** A bundle of RAUC: an image, for `verity` a hash tree, a signature, and the size of the signature. */
export interface RaucBundle {
  readonly signature: Signature
  /** Where the last field begins. It lies after the end of a source that is cut short. */
  readonly sizeOffset: number
}

/** The kernel reads hash trees in blocks of so many bytes, and a signature follows at such a border. */
const BLOCK = 4096
/** Bytes that we search for a signature if the size is damaged. The hash tree of 4 GiB takes fewer. */
const SEARCHED = 1 << 26

/**
 * The bundle that a source is. It has no magic number: we know it by its signature, where the last field says it is.
 * @param imageEnd where the image ends, if we know it; if the last field is damaged, we search from there
 * @returns undefined if there is no signature
 */
export function raucBundle(
  source: ByteSource,
  imageEnd: number | undefined,
  problems: Problems,
): RaucBundle | undefined {
  const sizeOffset = source.size - signatureSize.size
  if (sizeOffset <= 0) return undefined
  const { size } = signatureSize.read(source, sizeOffset)
  const told = size > 0 && size < sizeOffset ? signatureAt(source, sizeOffset - size) : undefined
  if (told?.length === size) return { signature: told, sizeOffset }
  const found = imageEnd === undefined ? undefined : searchedSignature(source, imageEnd)
  if (found === undefined) return undefined
  const end = found.offset + found.length
  if (end > sizeOffset) {
    problems.lose('TRUNCATED', 'the file ends before the signature of this RAUC bundle does', {
      structure: 'RAUC signature',
      offset: found.offset,
      found: source.size,
      expected: end + signatureSize.size,
    })
  } else {
    problems.lose('MALFORMED', 'it is not the size of the signature of this RAUC bundle', {
      structure: signatureSize.name,
      offset: sizeOffset,
      found: size,
      expected: found.length,
    })
  }
  return { signature: found, sizeOffset: Math.max(end, sizeOffset) }
}

/** The first signature at a border of blocks. */
function searchedSignature(source: ByteSource, imageEnd: number): Signature | undefined {
  const end = Math.min(source.size, imageEnd + SEARCHED)
  for (let offset = Math.ceil(imageEnd / BLOCK) * BLOCK; offset < end; offset += BLOCK) {
    const found = signatureAt(source, offset)
    if (found !== undefined) return found
  }
  return undefined
}
