import type { FormatError } from '../bytes/errors.ts'
import { checkRange, formatError } from '../bytes/source.ts'
import { METADATA_SIZE, type MetadataContext, MetadataTable } from './metadata-table.ts'

/** A table of fixed-size entries in metadata blocks. An uncompressed index of 64-bit positions locates the blocks. */
export interface LookupTable {
  readonly name: string
  readonly count: number
  /** Byte offset and length of the index in the source. */
  readonly indexStart: number
  readonly indexLength: number
  /** The blocks; undefined if the table is empty. */
  readonly blocks: MetadataTable | undefined
  /** The damage, if the index and the blocks disagree or the blocks end early. */
  readonly damage: FormatError | undefined
  /** Extra bytes between the blocks of the entries and the index. We lose no entry by them. */
  readonly oddity: FormatError | undefined
  /**
   * The entry of a number, as a view of its bytes.
   * @throws {FormatError} when there is no such entry or its block is damaged
   */
  entry(number: number): DataView
}

/**
 * Opens a lookup table (squashfs-tools: read_id_table and its neighbours).
 * @param indexStart byte offset of the index. It is ignored if there are no entries, because writers then store
 * different values.
 * @param blocksEnd byte offset where the entries' blocks end: the index, unless a header comes before it
 * @throws {FormatError} when the index does not fit the file or does not point at blocks
 */
export function lookupTable(
  context: MetadataContext,
  name: string,
  indexStart: number,
  count: number,
  entrySize: number,
  blocksEnd: number = indexStart,
): LookupTable {
  const { source } = context
  const outside = (number: number): FormatError =>
    formatError('MALFORMED', 'no such entry', source, {
      structure: name,
      offset: Math.min(indexStart, source.size),
      found: number,
      expected: `below ${count}`,
    })
  if (count === 0) {
    const entry = (number: number): never => {
      throw outside(number)
    }
    return {
      name,
      count,
      indexStart: 0,
      indexLength: 0,
      blocks: undefined,
      damage: undefined,
      oddity: undefined,
      entry,
    }
  }
  const perBlock = METADATA_SIZE / entrySize
  const indexLength = Math.ceil(count / perBlock) * 8
  checkRange(source, indexStart, indexLength, `${name} index`)
  const index = source.read(indexStart, indexLength)
  const view = new DataView(index.buffer, index.byteOffset, indexLength)
  const positionOf = (block: number): number =>
    view.getUint32(block * 8, true) + view.getUint32(block * 8 + 4, true) * 2 ** 32
  const start = positionOf(0)
  if (start >= indexStart) {
    throw formatError('MALFORMED', 'the first block does not lie before the index', source, {
      structure: `${name} index`,
      offset: indexStart,
      found: start,
      expected: `below ${indexStart}`,
    })
  }
  const blocks = new MetadataTable(context, name, start, blocksEnd)
  const needed = indexLength / 8
  /** A wrong number of blocks. The index has one position for each. */
  const countProblem =
    blocks.positions.length === needed
      ? undefined
      : formatError('MALFORMED', 'the number of blocks does not match its entries', source, {
          structure: `${name} index`,
          offset: indexStart,
          found: blocks.positions.length,
          expected: needed,
        })
  /** A wrong position. The index lists the positions of the blocks, in order. */
  const positionProblem = (): FormatError | undefined => {
    const wrong = blocks.positions.findIndex(
      (position, block) => block < needed && positionOf(block) !== start + position,
    )
    if (wrong < 0) return undefined
    return formatError('MALFORMED', 'it does not point to the start of a block', source, {
      structure: `${name} index`,
      offset: indexStart + wrong * 8,
      found: positionOf(wrong),
      expected: start + blocks.positions[wrong]!,
    })
  }
  const problem = blocks.damage ?? countProblem ?? positionProblem()
  // We can read all entries, whatever follows the last block that they need.
  const isWhole =
    blocks.positions.length >= needed && blocks.damage?.code !== 'LIMIT' && positionProblem() === undefined
  return {
    damage: isWhole ? undefined : problem,
    oddity: isWhole ? problem : undefined,
    name,
    count,
    indexStart,
    indexLength,
    blocks,
    entry(number) {
      if (number >= count) throw outside(number)
      const block = Math.floor(number / perBlock)
      const at = (number - block * perBlock) * entrySize
      const bytes = blocks.block(blocks.indexOf(positionOf(block) - start))
      if (at + entrySize > bytes.length) throw outside(number)
      return new DataView(bytes.buffer, bytes.byteOffset + at, entrySize)
    },
  }
}
