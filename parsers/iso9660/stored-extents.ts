import { DIRECTORY, type DirectoryRecord, dataOffset } from './directory-record.ts'
import type { Volume } from './volume.ts'

/** The bytes of files, in columns: record r has the extents [firstOf(r), firstOf(r + 1)), in content order. */
export class StoredExtents {
  readonly offsets: number[] = []
  readonly lengths: number[] = []
  readonly #first: number[] = []

  /** Starts the list of the next record, and returns the record's number. */
  begin(): number {
    this.#first.push(this.offsets.length)
    return this.#first.length - 1
  }

  /** Adds an extent to the latest record. */
  add(offset: number, length: number): void {
    if (length === 0) return
    this.offsets.push(offset)
    this.lengths.push(length)
  }

  firstOf(record: number): number {
    return this.#first[record] ?? this.offsets.length
  }
}

/** File units that interleaved files may still have. An image has room for only so many. */
export interface InterleaveBudget {
  left: number
}

/**
 * The extents of one directory record: one, or in interleaved mode (ECMA-119 6.4.3) one for each file unit, with
 * interleave gaps between them.
 */
export function* recordExtents(
  volume: Volume,
  record: DirectoryRecord,
  budget: InterleaveBudget,
): Generator<readonly [offset: number, length: number]> {
  const { fileUnitSize, interleaveGap, dataLength } = record
  const offset = dataOffset(volume, record)
  if (fileUnitSize === 0 || interleaveGap === 0 || (record.flags & DIRECTORY) !== 0) {
    yield [offset, dataLength]
    return
  }
  const unit = fileUnitSize * volume.blockSize
  const stride = unit + interleaveGap * volume.blockSize
  budget.left -= Math.ceil(dataLength / unit)
  if (budget.left < 0) {
    volume.warnings.lose(
      'LIMIT',
      'the file units of all interleaved files are more than the image has room for; read as one',
      {
        structure: 'directory record',
        offset: record.offset,
      },
    )
    yield [offset, dataLength]
    return
  }
  for (let done = 0; done < dataLength; done += unit) {
    yield [offset + (done / unit) * stride, Math.min(unit, dataLength - done)]
  }
}
