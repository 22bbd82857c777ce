import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { pathOfPart } from '../images/image-parts.ts'
import type { OpenImage, OuterFile } from '../images/open-image.ts'
import { affords, type Comparison, isSameContent } from './comparison.ts'

/** Images that are smaller are compared with no other. In bytes. */
const WORTH_COMPARING = 4096

/** An image, and its path in the outermost one; '' for that one. */
export interface Holder {
  readonly open: OpenImage
  readonly path: ByteString
}

/**
 * The image and all images in files that we try without being asked. We leave out an image in a copy of a file that another
 * image holds, because the file itself is then told to be paid for twice.
 */
export function holdersIn(open: OpenImage, comparison: Comparison): readonly Holder[] {
  const found: Holder[] = [{ open, path: '' }]
  const met = new Set([open])
  const files: OuterFile[] = []
  const add = (nested: OpenImage | undefined, path: ByteString): void => {
    if (nested === undefined || met.has(nested)) return
    met.add(nested)
    const { outer } = nested
    if (outer !== undefined && 'entry' in outer) {
      if (files.some((other) => isCopyElsewhere(other, outer, comparison))) return
      files.push(outer)
    }
    found.push({ open: nested, path })
  }
  for (const part of open.image.parts ?? []) add(open.insidePart(part), pathOfPart(part))
  // The loop visits those that it adds, too.
  for (const { open: holder, path } of found) {
    const pathOf = pathBuilder(holder.image.tree, path)
    for (const index of holder.tried) {
      add(holder.inside(index) ?? holder.insideFile(index), pathOf(index))
    }
  }
  return found
}

function isCopyElsewhere(one: OuterFile, other: OuterFile, comparison: Comparison): boolean {
  const { size } = one.entry
  if (one.open === other.open || size < WORTH_COMPARING || size !== other.entry.size) return false
  if (!affords(comparison, size)) return false
  return isSameContent(one.open, one.entry, other.open, other.entry, comparison)
}
