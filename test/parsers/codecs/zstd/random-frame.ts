import { xxh64 } from '../../checksums/xxh64-twin.ts'
import { pseudoRandom } from '../samples.ts'
import { FrameEncoder, type Made, type Sequence } from './frame-encoder.ts'

/** How many frames the tests take: of seeds from 0 on they have every form of the format. */
export const FRAMES = 250

/** A valid frame by chance: a few blocks of all types, with tables and forms a compressor would not choose. */
export function randomFrame(seed: number): Made {
  const random = pseudoRandom(seed)
  for (let warmUp = 0; warmUp < 8; warmUp++) random()
  const below = (limit: number) => Math.floor(random() * limit)
  const encoder = new FrameEncoder(random)
  const alphabet = Array.from({ length: 1 + below(random() < 0.5 ? 6 : 120) }, () => below(256))
  const literalsOf = (length: number) => Array.from({ length }, () => alphabet[below(alphabet.length)]!)
  const blocks = 1 + below(7)
  for (let block = 1; block <= blocks; block++) {
    const last = block === blocks
    const kind = random()
    if (kind < 0.1) encoder.raw(literalsOf(below(50)), last)
    else if (kind < 0.2) encoder.rle(below(256), below(300), last)
    else {
      const literals = literalsOf(below(random() < 0.2 ? 20_000 : 600))
      const sequences = kind < 0.3 ? [] : randomSequences(encoder, literals.length, below)
      encoder.compressed(literals, sequences, last)
    }
  }
  const { length } = encoder.content
  const checksum = random() < 0.5 ? Number(xxh64(Uint8Array.from(encoder.content)) & 0xffffffffn) : undefined
  // The content is the window of a single segment, and no block is larger than the window.
  if (encoder.largestBlock > length || random() < 0.4) {
    return encoder.frame(0x38, ([0, 4, 8] as const)[below(3)]!, checksum)
  }
  const size = length < 256 ? 1 : length < 65_792 ? 2 : 4
  return encoder.frame(undefined, random() < 0.7 ? size : 8, checksum)
}

function randomSequences(encoder: FrameEncoder, literals: number, below: (limit: number) => number): Sequence[] {
  const sequences: Sequence[] = []
  const monotonous = below(4) === 0
  let repeated = encoder.repeated
  let left = literals
  let position = encoder.content.length
  for (let count = below(4) === 0 ? below(400) : below(30); count > 0; count--) {
    const literalsLength = Math.min(left, monotonous ? 2 : below(3) === 0 ? 0 : below(below(9) === 0 ? 300 : 12))
    const matchLength = monotonous ? 5 : 3 + below(below(9) === 0 ? 400 : 20)
    const reach = position + literalsLength
    const offsetValue = below(2) === 0 ? 1 + below(3) : 4 + below(below(2) === 0 ? Math.min(reach, 20) : reach)
    const next = encoder.resolve(offsetValue, literalsLength, repeated)
    if (next.offset < 1 || next.offset > reach) continue
    repeated = next.repeated
    left -= literalsLength
    position = reach + matchLength
    sequences.push([literalsLength, matchLength, offsetValue])
  }
  return sequences
}
