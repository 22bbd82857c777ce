import { backwardStream, forwardStream, type Reads } from './bits.ts'
import { describeShares, fsePath, fseStates, randomShares, type Shares } from './fse-encoder.ts'
import { describeTree, huffmanStream, randomTree, type Tree } from './huffman-encoder.ts'

/** [literals length, match length, Offset_Value] */
export type Sequence = readonly [number, number, number]

export interface Made {
  readonly bytes: number[]
  readonly content: number[]
  /** What the frame uses: "Treeless_Literals", "Offset RLE_Mode". */
  readonly features: Set<string>
}

// biome-ignore format: RFC 8878 tables 16 and 17, from code 16 and 32 on: baseline, number of bits
const LITERALS_LENGTHS = [[16, 1], [18, 1], [20, 1], [22, 1], [24, 2], [28, 2], [32, 3], [40, 3], [48, 4], [64, 6],
  [128, 7], [256, 8], [512, 9], [1024, 10], [2048, 11], [4096, 12], [8192, 13], [16384, 14], [32768, 15], [65536, 16]]
// biome-ignore format: as above
const MATCH_LENGTHS = [[35, 1], [37, 1], [39, 1], [41, 1], [43, 2], [47, 2], [51, 3], [59, 3], [67, 4], [83, 4], [99, 5],
  [131, 7], [259, 8], [515, 9], [1027, 10], [2051, 11], [4099, 12], [8195, 13], [16387, 14], [32771, 15], [65539, 16]]

const FIELDS = [
  { name: 'Literals_Length', limit: 9, codes: [...range(0, 16), ...LITERALS_LENGTHS], predefined: 36 },
  { name: 'Offset', limit: 8, codes: Array.from({ length: 31 }, (_, code) => [2 ** code, code]), predefined: 29 },
  { name: 'Match_Length', limit: 9, codes: [...range(3, 35), ...MATCH_LENGTHS], predefined: 53 },
] as const

/** RFC 8878 3.1.1.3.2.2. */
const PREDEFINED: readonly Shares[] = [
  {
    accuracyLog: 6,
    // biome-ignore format: as in the RFC
    probabilities: [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
      -1, -1, -1, -1],
  },
  {
    accuracyLog: 5,
    // biome-ignore format: as in the RFC
    probabilities: [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
  },
  {
    accuracyLog: 6,
    // biome-ignore format: as in the RFC
    probabilities: [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
  },
]

function range(start: number, end: number): number[][] {
  return Array.from({ length: end - start }, (_, index) => [start + index, 0])
}

/** Writes the blocks of one frame, with whatever forms chance picks, and keeps what they mean. */
export class FrameEncoder {
  readonly content: number[] = []
  readonly features: Set<string> = new Set()
  /** Bytes, compressed. */
  largestBlock = 0
  readonly #random: () => number
  readonly #blocks: number[] = []
  #tree: Tree | undefined
  /** By field: shares, or the one symbol of RLE_Mode. */
  readonly #tables: (Shares | number | undefined)[] = [undefined, undefined, undefined]
  #repeated: readonly number[] = [1, 4, 8]

  constructor(random: () => number) {
    this.#random = random
  }

  block(type: number, size: number, bytes: readonly number[], last: boolean): void {
    this.largestBlock = Math.max(this.largestBlock, size)
    this.#blocks.push(
      ...forwardStream([
        [last ? 1 : 0, 1],
        [type, 2],
        [size, 21],
      ]),
      ...bytes,
    )
  }

  raw(bytes: readonly number[], last = false): void {
    this.features.add('Raw_Block')
    this.block(0, bytes.length, bytes, last)
    this.content.push(...bytes)
  }

  rle(byte: number, size: number, last = false): void {
    this.features.add('RLE_Block')
    this.block(1, size, [byte], last)
    for (let index = 0; index < size; index++) this.content.push(byte)
  }

  compressed(literals: readonly number[], sequences: readonly Sequence[], last = false): void {
    const bytes = [...this.#literals(literals), ...this.#sequences(sequences)]
    this.block(2, bytes.length, bytes, last)
    let used = 0
    for (const [literalsLength, matchLength, offsetValue] of sequences) {
      this.content.push(...literals.slice(used, used + literalsLength))
      used += literalsLength
      const { offset, repeated } = this.resolve(offsetValue, literalsLength, this.#repeated)
      this.#repeated = repeated
      for (let index = 0; index < matchLength; index++) this.content.push(this.content[this.content.length - offset]!)
    }
    this.content.push(...literals.slice(used))
  }

  /** RFC 8878 3.1.1.5, by its table. */
  resolve(
    offsetValue: number,
    literalsLength: number,
    repeated = this.#repeated,
  ): { offset: number; repeated: number[] } {
    const [first, second, third] = repeated as [number, number, number]
    if (offsetValue > 3) return { offset: offsetValue - 3, repeated: [offsetValue - 3, first, second] }
    if (literalsLength > 0) {
      if (offsetValue === 1) return { offset: first, repeated: [first, second, third] }
      if (offsetValue === 2) return { offset: second, repeated: [second, first, third] }
      return { offset: third, repeated: [third, first, second] }
    }
    if (offsetValue === 1) return { offset: second, repeated: [second, first, third] }
    if (offsetValue === 2) return { offset: third, repeated: [third, first, second] }
    return { offset: first - 1, repeated: [first - 1, first, second] }
  }

  get repeated(): readonly number[] {
    return this.#repeated
  }

  /** @param checksum of the content, if there shall be one */
  frame(windowDescriptor: number | undefined, contentSizeBytes: 0 | 1 | 2 | 4 | 8, checksum?: number): Made {
    const flag = { 0: 0, 1: 0, 2: 1, 4: 2, 8: 3 }[contentSizeBytes]
    const single = windowDescriptor === undefined
    const descriptor = (flag << 6) | (single ? 0x20 : 0) | (checksum === undefined ? 0 : 4)
    const size = this.content.length - (contentSizeBytes === 2 ? 256 : 0)
    const bytes = [
      ...[0x28, 0xb5, 0x2f, 0xfd, descriptor],
      ...(single ? [] : [windowDescriptor]),
      ...forwardStream([[size, contentSizeBytes * 8]]),
      ...this.#blocks,
      ...(checksum === undefined ? [] : forwardStream([[checksum, 32]])),
    ]
    return { bytes, content: this.content, features: this.features }
  }

  #literals(literals: readonly number[]): number[] {
    const random = this.#random
    const size = literals.length
    const same = new Set(literals).size === 1
    if (same && random() < 0.5) {
      this.features.add('RLE_Literals_Block')
      return [...this.#plainHeader(1, size), literals[0]!]
    }
    const covered = this.#tree !== undefined && literals.every((literal) => this.#tree!.lengths[literal]! > 0)
    const treeless = covered && random() < 0.6
    const tree = treeless ? this.#tree! : randomTree(literals, random)
    const description = treeless ? [] : describeTree(tree, random)
    if (size === 0 || description === undefined || random() < 0.2) {
      this.features.add('Raw_Literals_Block')
      return [...this.#plainHeader(0, size), ...literals]
    }
    const fourStreams = size >= 6 && (size > 1000 || random() < 0.5)
    let streams: number[]
    if (fourStreams) {
      const part = Math.ceil(size / 4)
      const four = [0, 1, 2, 3].map((i) =>
        huffmanStream(tree, literals.slice(i * part, i === 3 ? size : (i + 1) * part)),
      )
      streams = [...four.slice(0, 3).flatMap(({ length }) => [length & 255, length >> 8]), ...four.flat()]
    } else {
      streams = huffmanStream(tree, literals)
    }
    const data = [...description, ...streams]
    const larger = Math.max(size, data.length)
    if (larger > 1023 && !fourStreams) return [...this.#plainHeader(0, size), ...literals]
    const smallest = larger > 16383 ? 3 : larger > 1023 ? 2 : 1
    const format = fourStreams ? smallest + Math.floor(random() * (4 - smallest)) : 0
    const bits = [10, 10, 14, 18][format]!
    this.#tree = tree
    this.features.add(`${treeless ? 'Treeless' : 'Compressed'}_Literals_Block, Size_Format ${format}`)
    if (!treeless) this.features.add(description[0]! < 128 ? 'compressed weights' : 'direct weights')
    return [
      ...forwardStream([
        [treeless ? 3 : 2, 2],
        [format, 2],
        [size, bits],
        [data.length, bits],
      ]),
      ...data,
    ]
  }

  #plainHeader(type: number, size: number): number[] {
    const forms = [size < 32 ? [0, 1, 5] : [], size < 32 ? [2, 1, 5] : [], size < 4096 ? [1, 2, 12] : [], [3, 2, 20]]
    const possible = forms.filter((form) => form.length > 0)
    const [format, formatBits, bits] = possible[Math.floor(this.#random() * possible.length)] as [
      number,
      number,
      number,
    ]
    // Size_Format 0 and 2 are one bit, 0; the next is the first of the size.
    return formatBits === 1
      ? forwardStream([
          [type, 2],
          [0, 1],
          [size, bits],
        ])
      : forwardStream([
          [type, 2],
          [format, 2],
          [size, bits],
        ])
  }

  #sequences(sequences: readonly Sequence[]): number[] {
    const count = sequences.length
    let header = [count]
    if (count > 127 || (count > 0 && this.#random() < 0.1)) header = [128 + (count >> 8), count & 255]
    if (count >= 0x7f00) header = [255, (count - 0x7f00) & 255, (count - 0x7f00) >> 8]
    if (count === 0) return header
    let modes = 0
    const descriptions: number[] = []
    const columns = FIELDS.map((field, index) => {
      const values = sequences.map((sequence) => sequence[[0, 2, 1][index]!]!)
      const codes = values.map((value) => field.codes.findLastIndex(([baseline]) => baseline! <= value))
      const { mode, description, table } = this.#table(index, codes)
      this.features.add(`${field.name} ${['Predefined', 'RLE', 'FSE_Compressed', 'Repeat'][mode]}_Mode`)
      modes |= mode << (6 - 2 * index)
      descriptions.push(...description)
      const bits = typeof table === 'number' ? 0 : table.accuracyLog
      const path =
        typeof table === 'number'
          ? { first: 0, updates: codes.slice(1).map(() => [0, 0] as const) }
          : fsePath(fseStates(table), codes)
      const extras: Reads = values.map((value, i) => {
        const [baseline, extraBits] = field.codes[codes[i]!]!
        return [value - baseline!, extraBits!]
      })
      return { initial: [path.first, bits] as const, updates: path.updates, extras }
    })
    const [literalsLength, offset, matchLength] = columns as [
      (typeof columns)[number],
      (typeof columns)[number],
      (typeof columns)[number],
    ]
    const reads: Reads = [literalsLength.initial, offset.initial, matchLength.initial]
    for (let index = 0; index < count; index++) {
      reads.push(offset.extras[index]!, matchLength.extras[index]!, literalsLength.extras[index]!)
      if (index < count - 1) {
        reads.push(literalsLength.updates[index]!, matchLength.updates[index]!, offset.updates[index]!)
      }
    }
    return [...header, modes, ...descriptions, ...backwardStream(reads)]
  }

  /** Picks one of the modes that can say these codes. */
  #table(index: number, codes: readonly number[]): { mode: number; description: number[]; table: Shares | number } {
    const random = this.#random
    const field = FIELDS[index]!
    const previous = this.#tables[index]
    const distinct = new Set(codes).size
    const repeatable =
      typeof previous === 'number'
        ? distinct === 1 && codes[0] === previous
        : previous !== undefined && codes.every((code) => (previous.probabilities[code] ?? 0) !== 0)
    if (repeatable && random() < 0.5) return { mode: 3, description: [], table: previous! }
    if (distinct === 1 && random() < 0.7) {
      this.#tables[index] = codes[0]!
      return { mode: 1, description: [codes[0]!], table: codes[0]! }
    }
    if (random() < 0.3 && codes.every((code) => code < field.predefined)) {
      this.#tables[index] = PREDEFINED[index]!
      return { mode: 0, description: [], table: PREDEFINED[index]! }
    }
    const accuracyLog = 5 + Math.ceil(random() * (field.limit - 5))
    const shares = randomShares(codes, Math.max(accuracyLog, distinct > 32 ? 6 : 5), random)
    this.#tables[index] = shares
    return { mode: 2, description: forwardStream(describeShares(shares)), table: shares }
  }
}
