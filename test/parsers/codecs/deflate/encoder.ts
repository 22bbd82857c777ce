import { forwardStream, type Reads } from '../zstd/bits.ts'

/** A literal, or a match. */
export type DeflateSymbol = number | { readonly length: number; readonly distance: number }

// biome-ignore format: RFC 1951 3.2.5, from code 257 on: the lengths codes begin with, and bits
const LENGTHS = [[3, 0], [4, 0], [5, 0], [6, 0], [7, 0], [8, 0], [9, 0], [10, 0], [11, 1], [13, 1], [15, 1], [17, 1],
  [19, 2], [23, 2], [27, 2], [31, 2], [35, 3], [43, 3], [51, 3], [59, 3], [67, 4], [83, 4], [99, 4], [115, 4],
  [131, 5], [163, 5], [195, 5], [227, 5], [258, 0]] as const
// biome-ignore format: as above, from code 0 on
const DISTANCES = [[1, 0], [2, 0], [3, 0], [4, 0], [5, 1], [7, 1], [9, 2], [13, 2], [17, 3], [25, 3], [33, 4], [49, 4],
  [65, 5], [97, 5], [129, 6], [193, 6], [257, 7], [385, 7], [513, 8], [769, 8], [1025, 9], [1537, 9], [2049, 10],
  [3073, 10], [4097, 11], [6145, 11], [8193, 12], [12289, 12], [16385, 13], [24577, 13]] as const
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Code lengths of the symbols 0, 1 ... */
export interface Codes {
  readonly literals: readonly number[]
  readonly distances: readonly number[]
}

/** RFC 1951 3.2.6. */
export const FIXED_CODES: Codes = {
  literals: Array.from({ length: 288 }, (_, symbol) => (symbol < 144 || symbol > 279 ? 8 : symbol < 256 ? 9 : 7)),
  distances: Array(30).fill(5),
}

/** A block of these symbols and its end, as RFC 1951 says, also of what it forbids. */
export function compressedBlock(codes: Codes, symbols: readonly DeflateSymbol[], isLast: boolean): Reads {
  const literalCodes = canonicalCodes(codes.literals)
  const distanceCodes = canonicalCodes(codes.distances)
  const isFixed = codes === FIXED_CODES
  return [
    [isLast ? 1 : 0, 1],
    [isFixed ? 1 : 2, 2],
    ...(isFixed ? [] : describedCodes(codes)),
    ...symbols.flatMap((symbol): Reads => {
      if (typeof symbol === 'number') return [literalCodes[symbol]!]
      const { length, distance } = symbol
      const lengthCode = LENGTHS.findLastIndex(([base]) => base <= length)
      const distanceCode = DISTANCES.findLastIndex(([base]) => base <= distance)
      const [lengthBase, lengthBits] = LENGTHS[lengthCode]!
      const [distanceBase, distanceBits] = DISTANCES[distanceCode]!
      return [
        literalCodes[257 + lengthCode]!,
        [length - lengthBase, lengthBits],
        distanceCodes[distanceCode]!,
        [distance - distanceBase, distanceBits],
      ]
    }),
    literalCodes[256]!,
  ]
}

/** A block that begins behind `bitsBefore` bits. */
export function storedBlock(bytes: readonly number[], bitsBefore: number, isLast: boolean): Reads {
  return [
    [isLast ? 1 : 0, 1],
    [0, 2],
    [0, -(bitsBefore + 3) & 7],
    [bytes.length, 16],
    [bytes.length ^ 0xffff, 16],
    ...bytes.map((byte) => [byte, 8] as const),
  ]
}

export const bitsOf = (reads: Reads): number => reads.reduce((sum, [, count]) => sum + count, 0)

export const deflated = (reads: Reads): Uint8Array => Uint8Array.from(forwardStream(reads))

/** What symbols stand for, behind what is there. */
export function append(content: number[], symbols: readonly DeflateSymbol[]): void {
  for (const symbol of symbols) {
    if (typeof symbol === 'number') content.push(symbol)
    else for (let left = symbol.length; left > 0; left--) content.push(content[content.length - symbol.distance]!)
  }
}

/** Code lengths by chance, at most 15, complete, for every one of `used`, of which there are two or more. */
export function randomLengths(used: readonly number[], random: () => number): number[] {
  const leaves = [1, 1]
  while (leaves.length < used.length) {
    // Mostly the deepest, so that there are codes of all lengths.
    const deepest = Math.max(...leaves.filter((depth) => depth < 15))
    const index = random() < 0.3 ? leaves.indexOf(deepest) : Math.floor(random() * leaves.length)
    const depth = leaves[index]!
    if (depth < 15) leaves.splice(index, 1, depth + 1, depth + 1)
  }
  const lengths: number[] = Array(Math.max(...used) + 1).fill(0)
  for (const symbol of used) lengths[symbol] = leaves.splice(Math.floor(random() * leaves.length), 1)[0]!
  return lengths
}

/** RFC 1951 3.2.7, with all code lengths said one by one but some zeros, in a code of which all are said too. */
export function describedCodes({ literals, distances }: Codes): Reads {
  const ofLengths = canonicalCodes(Array.from({ length: 19 }, (_, symbol) => (symbol < 13 ? 4 : 5)))
  const all = [...literals, ...distances]
  const described: Reads = []
  for (let index = 0; index < all.length; ) {
    let zeros = 0
    while (zeros < 138 && all[index + zeros] === 0) zeros++
    let same = 0
    while (index > 0 && same < 6 && all[index + same] === all[index - 1]) same++
    if (zeros > 10) described.push(ofLengths[18]!, [zeros - 11, 7])
    else if (zeros > 2) described.push(ofLengths[17]!, [zeros - 3, 3])
    else if (same > 2) described.push(ofLengths[16]!, [same - 3, 2])
    else described.push(ofLengths[all[index]!]!)
    index += zeros > 2 ? zeros : same > 2 ? same : 1
  }
  return [
    [literals.length - 257, 5],
    [distances.length - 1, 5],
    [15, 4],
    ...LENGTH_ORDER.map((symbol) => [symbol < 13 ? 4 : 5, 3] as const),
    ...described,
  ]
}

/** RFC 1951 3.2.2: counted up, shorter ones first; and turned round, for the first bit of a code is read first. */
function canonicalCodes(lengths: readonly number[]): (readonly [number, number])[] {
  const codes: [number, number][] = []
  let code = 0
  for (let length = 1; length <= 15; length++) {
    lengths.forEach((other, symbol) => {
      if (other !== length) return
      let reversed = 0
      for (let bit = 0; bit < length; bit++) reversed = reversed * 2 + ((code >>> bit) & 1)
      codes[symbol] = [reversed, length]
      code++
    })
    code *= 2
  }
  return codes
}
