// Compressed_Blocks of Zstandard frames (RFC 8878 3.1.1.3). The caller reads headers and the other kinds of blocks.
import { forgetHuffmanTree } from './zstd/huffman'
import { readLiterals } from './zstd/literals'
import { decodeSequences, forgetSequences } from './zstd/sequences'

export { CALLER } from './memory'
export { digestXxhash64, startXxhash64, updateXxhash64 } from './xxhash64'

/** Forgets the previous frame. */
export function startFrame(): void {
  forgetHuffmanTree()
  forgetSequences()
}

/**
 * Decodes the Compressed_Block [start, end) at `output`.
 * @param frameStart where the frame begins in the output: no match may reach further back
 * @param limit the end of the room for the block
 * @returns where the output ends; 0 if the block is damaged
 */
export function decodeBlock(
  start: usize,
  end: usize,
  output: usize,
  frameStart: usize,
  limit: usize,
  blockMaximumSize: u32,
): usize {
  const sequences = readLiterals(start, end, blockMaximumSize)
  if (sequences === 0) return 0
  return decodeSequences(sequences, end, output, frameStart, min(limit, output + blockMaximumSize))
}
