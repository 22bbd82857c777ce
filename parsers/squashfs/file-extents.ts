import { atLimit, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { StoredExtent, StoredRun } from '../image.ts'

/** Blocks that we may still list. Names of one file, or overlapping block lists, repeat the same blocks. */
export interface BlockBudget {
  left: number
}

/**
 * The extents of a file. It joins neighbouring blocks of one codec; the tail in a fragment is an extent of its own.
 * @param runs the runs of the file, in content order
 * @throws {FormatError} the errors of `runs`, and LIMIT when `budget` is spent
 */
export function* fileExtents(
  source: ByteSource,
  runs: Iterable<StoredRun>,
  budget: BlockBudget,
  limits: Limits,
): Generator<StoredExtent> {
  let open: { -readonly [Key in keyof StoredExtent]: StoredExtent[Key] } | undefined
  let at = 0
  for (const { offset, storedLength, length, codec, skip, fragment } of runs) {
    budget.left -= 1
    if (budget.left < 0) {
      throw formatError('LIMIT', 'the listed files have too many blocks', source, {
        structure: 'block list',
        offset: Math.min(offset, source.size),
        ...atLimit(limits, 'blocks'),
      })
    }
    if (codec === 'hole' || length === 0) {
      at += length
      continue
    }
    // A hole takes no stored bytes, so blocks around it are neighbours. But their content is not contiguous.
    const continues = open !== undefined && open.offset + open.length === offset && open.at + open.unpacked === at
    if (open !== undefined && continues && open.codec === codec && fragment !== true) {
      open.length += storedLength
      open.unpacked += length
    } else {
      if (open !== undefined) yield open
      open = { at, offset, length: storedLength, unpacked: length, codec }
      if (fragment === true) open.skip = skip
    }
    at += length
  }
  if (open !== undefined) yield open
}
