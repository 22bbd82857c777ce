/** A block by hand. What is left out is as bzip2 would have it, but that its codes are of nearly the same length. */
export interface Block {
  /** What the block stands for. */
  readonly content: Uint8Array
  /** The content with its runs counted. */
  readonly bytes?: readonly number[]
  readonly magic?: number
  readonly blockCrc?: number
  readonly randomized?: number
  readonly origPtr?: number
  /** Bytes that SymMap has, which may be more than occur. */
  readonly used?: readonly number[]
  readonly numTrees?: number
  readonly numSels?: number
  /** For each group of 50 symbols, the number of its tree; more of them are written too. */
  readonly selectors?: readonly number[]
  /** For each tree, the length of the code of each symbol. */
  readonly trees?: readonly (readonly number[])[]
  /** Bits of Trees in place of those. */
  readonly treeBits?: string
  readonly symbols?: readonly number[]
  /** Bits of BlockData behind the symbols. */
  readonly dataBits?: string
}

export interface Stream {
  readonly level?: number
  readonly streamCrc?: number
  /** The bits that fill the last byte. */
  readonly padding?: string
}

const BLOCK_MAGIC = 0x314159265359
const FOOTER_MAGIC = 0x177245385090
export const GROUP_SIZE = 50

/** A stream of these blocks. */
export function bzip2Stream(blocks: readonly Block[], { level = 9, streamCrc, padding = '0' }: Stream = {}): Buffer {
  let crc = 0
  for (const block of blocks) crc = (((crc << 1) | (crc >>> 31)) ^ (block.blockCrc ?? crcOf(block.content))) >>> 0
  const bits = [...blocks.map(bitsOf), number(FOOTER_MAGIC, 48), number(streamCrc ?? crc, 32)].join('')
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, padding)
  const bytes = whole.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2))
  return Buffer.concat([Buffer.from(`BZh${level}`), Uint8Array.from(bytes)])
}

/** Bytes with a count after four equal ones, of `most` more at most. */
export function counted(content: Uint8Array, most = 251): number[] {
  const bytes: number[] = []
  for (let start = 0; start < content.length; ) {
    const byte = content[start]!
    let length = 1
    while (length < 4 + most && content[start + length] === byte) length++
    for (let index = 0; index < Math.min(length, 4); index++) bytes.push(byte)
    if (length >= 4) bytes.push(length - 4)
    start += length
  }
  return bytes
}

/** Lengths of a complete code of so many symbols, of which the first have the shorter codes. */
export function evenLengths(count: number): number[] {
  const length = Math.floor(Math.log2(count))
  const longer = 2 * (count - 2 ** length)
  return Array.from({ length: count }, (_, symbol) => (symbol < count - longer ? length : length + 1))
}

/** The symbols of a block: runs of the most recent byte, places of others, the end. */
export function symbolsOf(bytes: readonly number[], used: readonly number[]): number[] {
  const recent = [...used]
  const symbols: number[] = []
  let run = 0
  const endRun = () => {
    // 1 and 2 are the digits, in base 2, the lowest first.
    for (; run > 0; run = (run - 1) >> 1) symbols.push((run - 1) & 1)
  }
  for (const byte of bytes) {
    const place = recent.indexOf(byte)
    if (place === 0) {
      run++
      continue
    }
    endRun()
    symbols.push(place + 1)
    recent.splice(place, 1)
    recent.unshift(byte)
  }
  endRun()
  return [...symbols, used.length + 1]
}

function bitsOf(block: Block): string {
  const bytes = block.bytes ?? counted(block.content)
  const { last, origPtr } = sortedRotations(bytes)
  const used = block.used ?? [...new Set(bytes)].sort((left, right) => left - right)
  const symbols = block.symbols ?? symbolsOf(last, used)
  const lengths = evenLengths(used.length + 2)
  const trees = block.trees ?? [lengths, lengths]
  const groups = Math.ceil(symbols.length / GROUP_SIZE)
  const selectors = block.selectors ?? Array.from({ length: groups }, (_, group) => group % trees.length)
  const codes = trees.map(codesOf)
  return [
    ...[number(block.magic ?? BLOCK_MAGIC, 48), number(block.blockCrc ?? crcOf(block.content), 32)],
    ...[number(block.randomized ?? 0, 1), number(block.origPtr ?? origPtr, 24), symMapOf(used)],
    ...[number(block.numTrees ?? trees.length, 3), number(block.numSels ?? selectors.length, 15)],
    ...movedToFront(selectors).map((place) => `${'1'.repeat(place)}0`),
    ...(block.treeBits === undefined ? trees.map(treeBits) : [block.treeBits]),
    ...symbols.map((symbol, index) => codes[selectors[Math.floor(index / GROUP_SIZE)] ?? 0]![symbol]!),
    block.dataBits ?? '',
  ].join('')
}

function number(value: number, bits: number): string {
  return value.toString(2).padStart(bits, '0')
}

function sortedRotations(bytes: readonly number[]): { last: number[]; origPtr: number } {
  const twice = Buffer.from([...bytes, ...bytes])
  const starts = Array.from(bytes.keys())
  const rotation = (start: number) => twice.subarray(start, start + bytes.length)
  starts.sort((left, right) => Buffer.compare(rotation(left), rotation(right)))
  return { last: starts.map((start) => twice[start + bytes.length - 1]!), origPtr: starts.indexOf(0) }
}

function symMapOf(used: readonly number[]): string {
  const ranges = Array.from({ length: 16 }, (_, range) =>
    Array.from({ length: 16 }, (_, byte) => (used.includes(16 * range + byte) ? '1' : '0')).join(''),
  )
  const occurring = ranges.filter((range) => range.includes('1'))
  return ranges.map((range) => (range.includes('1') ? '1' : '0')).join('') + occurring.join('')
}

function movedToFront(selectors: readonly number[]): number[] {
  const trees = [0, 1, 2, 3, 4, 5, 6, 7]
  return selectors.map((tree) => {
    const place = trees.indexOf(tree)
    trees.splice(place, 1)
    trees.unshift(tree)
    return place
  })
}

/** The first length, and the steps from each length to the next. */
export function treeBits(lengths: readonly number[]): string {
  let length = lengths[0]!
  const steps = lengths.map((next) => {
    const step = next > length ? '10' : '11'
    const bits = `${step.repeat(Math.abs(next - length))}0`
    length = next
    return bits
  })
  return number(lengths[0]!, 5) + steps.join('')
}

/** The codes of symbols with these lengths, in the order of length, then symbol. */
function codesOf(lengths: readonly number[]): string[] {
  const codes: string[] = []
  let code = 0
  for (let length = 1; length <= 20; length++) {
    for (const [symbol, its] of lengths.entries()) if (its === length) codes[symbol] = number(code++, length)
    code *= 2
  }
  return codes
}

/** What the first byte of a CRC does to the rest, bit by bit. */
const CRC_OF_BYTE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  return crc
})

/** CRC-32/BZIP2. */
export function crcOf(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) crc = (crc << 8) ^ CRC_OF_BYTE[(crc >>> 24) ^ byte]!
  return ~crc >>> 0
}
