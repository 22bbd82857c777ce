import { formatError } from '../bytes/source.ts'
import type { Inode } from './inode.ts'
import { holeExtent, type MappedExtent } from './mapped-extent.ts'
import { placeOf, type Volume } from './volume.ts'

/**
 * The extents of flat data: whole blocks in a row, then, in the layout `flat inline`, a tail behind the inode
 * (kernel: erofs_map_blocks).
 * @throws {FormatError} MALFORMED when the tail crosses the end of a block
 */
export function* flatExtents(volume: Volume, inode: Inode): Generator<MappedExtent> {
  const { blockSize } = volume
  const { size, layout, startBlock } = inode
  if (size === 0) return
  const blocks = Math.ceil(size / blockSize)
  const tail = layout === 'flat inline' ? size - (blocks - 1) * blockSize : 0
  const plain = size - tail
  if (plain > 0 && startBlock === undefined) yield holeExtent(0, plain)
  else if (plain > 0) {
    const { device, offset } = placeOf(volume, 0, startBlock! * blockSize, plain)
    yield { at: 0, length: plain, encoding: 'plain', offset, storedLength: plain, device, isPartial: false }
  }
  if (tail === 0) return
  const { source, dataOffset: offset } = inode
  if ((offset % blockSize) + tail > blockSize) {
    throw formatError('MALFORMED', 'its inline tail crosses the end of a block', source, {
      structure: `inode ${inode.nid}`,
      offset,
      field: 'i_size',
      found: size,
    })
  }
  const stored = { offset, storedLength: tail, device: 0, isPartial: false, inlineIn: source }
  yield { at: plain, length: tail, encoding: 'plain', ...stored }
}
