import { formatError } from '../bytes/source.ts'
import type { StoredExtent } from '../image.ts'
import { I_BLOCK, I_BLOCK_SIZE, INODE_FLAGS, type Inode } from './inode.ts'
import { mappings } from './mapping.ts'
import type { Volume } from './volume.ts'
import { inlineRest } from './xattr.ts'

/** Whether the content of an inode lies in the inode itself. */
export function isInline({ flags }: Inode): boolean {
  return (flags & INODE_FLAGS.inline) !== 0
}

/** Whether the target of a symlink lies in `i_block`, in place of block numbers (kernel: ext4_inode_is_fast_symlink). */
export function isFastSymlink({ type, size, flags }: Inode): boolean {
  return type === 'symlink' && size < I_BLOCK_SIZE && (flags & (INODE_FLAGS.extents | INODE_FLAGS.inline)) === 0
}

/**
 * Where the content of an inode is stored, ascending, up to its size. What is between are holes; blocks that were never
 * written are holes too.
 * @throws {FormatError} where the block list is damaged, or for encrypted content
 */
export function* storedExtents(volume: Volume, inode: Inode): Generator<StoredExtent> {
  if ((inode.flags & INODE_FLAGS.encrypted) !== 0) {
    throw formatError('UNSUPPORTED', 'the content is encrypted', volume.source, {
      structure: `inode ${inode.number}`,
      offset: inode.offset,
    })
  }
  if (isInline(inode) || isFastSymlink(inode)) {
    yield* inlineExtents(volume, inode)
    return
  }
  const { blockSize } = volume.geometry
  let open: StoredExtent | undefined
  for (const { logical, physical, count, unwritten } of mappings(volume, inode, () => {})) {
    const at = logical * blockSize
    if (at >= inode.size) break
    if (unwritten) continue
    const length = Math.min(count * blockSize, inode.size - at)
    const offset = physical * blockSize
    // An extent has 128 MiB at most, so a large file has many that follow each other.
    if (open !== undefined && open.at + open.length === at && open.offset + open.length === offset) {
      open = { ...open, length: open.length + length, unpacked: open.unpacked + length }
    } else {
      if (open !== undefined) yield open
      open = { at, offset, length, unpacked: length, codec: 'stored' }
    }
  }
  if (open !== undefined) yield open
}

/**
 * Content in the inode: 60 bytes in `i_block`, the rest as the attribute system.data (kernel:
 * Documentation/filesystems/ext4, "Inline Data").
 */
export function* inlineExtents(volume: Volume, inode: Inode): Generator<StoredExtent> {
  const head = Math.min(inode.size, I_BLOCK_SIZE)
  if (head > 0) yield { at: 0, offset: inode.offset + I_BLOCK, length: head, unpacked: head, codec: 'stored' }
  const rest = inode.size > head && isInline(inode) ? inlineRest(volume, inode) : undefined
  const length = Math.min(rest?.length ?? 0, inode.size - head)
  if (rest !== undefined && length > 0)
    yield { at: head, offset: rest.offset, length, unpacked: length, codec: 'stored' }
}

/**
 * The first `length` bytes of an inode's content; what is not stored is zeros.
 * @throws {FormatError} as `storedExtents`, and TRUNCATED
 */
export function readContent(volume: Volume, inode: Inode, length: number): Uint8Array {
  const content = new Uint8Array(length)
  for (const { at, offset, length: stored } of storedExtents(volume, inode)) {
    if (at >= length) break
    const count = Math.min(stored, length - at)
    volume.source.readInto(content.subarray(at, at + count), offset, count)
  }
  return content
}
