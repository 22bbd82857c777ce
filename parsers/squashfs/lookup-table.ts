import type { FormatError } from '../bytes/errors.ts'
import { checkRange, formatError } from '../bytes/source.ts'
import { METADATA_SIZE, type MetadataContext, MetadataTable } from './metadata-table.ts'

/** A table of entries of one size, in metadata blocks found through an uncompressed index of 64-bit positions. */
export interface LookupTable {
  readonly name: string
  readonly count: number
  /** Byte offset and length of the index in the source. */
  readonly indexStart: number
  readonly indexLength: number
  /** The blocks; where the table is empty, none. */
  readonly blocks: MetadataTable | undefined
  /** Where its index and its blocks do not agree, or its blocks end early: what is wrong. */
  readonly damage: FormatError | undefined
  /** What stands behind the blocks its entries take, before the index: no entry is lost by that. */
  readonly oddity: FormatError | undefined
  /**
   * The entry of a number, as a view on its bytes.
   * @throws {FormatError} where there is no such entry or its block is damaged
   */
  entry(number: number): DataView
}

/**
 * Opens a lookup table (squashfs-tools: read_id_table and its neighbours).
 * @param indexStart byte offset of the index, ignored when there are no entries: writers differ in what they put there
 * @param blocksEnd byte offset where the entries' blocks end: the index, unless a header stands between
 * @throws {FormatError} where the index does not fit the file or does not point at blocks
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
  /** What is wrong with the number of blocks: the index has one position for each. */
  const countProblem =
    blocks.positions.length === needed
      ? undefined
      : formatError('MALFORMED', 'there are more or fewer blocks than its entries take', source, {
          structure: `${name} index`,
          offset: indexStart,
          found: blocks.positions.length,
          expected: needed,
        })
  /** What is wrong with the positions: they are those of the blocks, in order. */
  const positionProblem = (): FormatError | undefined => {
    const wrong = blocks.positions.findIndex(
      (position, block) => block < needed && positionOf(block) !== start + position,
    )
    if (wrong < 0) return undefined
    return formatError('MALFORMED', 'it points to where none of the blocks starts', source, {
      structure: `${name} index`,
      offset: indexStart + wrong * 8,
      found: positionOf(wrong),
      expected: start + blocks.positions[wrong]!,
    })
  }
  const problem = blocks.damage ?? countProblem ?? positionProblem()
  // Whatever follows the last block that is needed, all entries can be read.
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
