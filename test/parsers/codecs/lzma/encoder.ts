import type { LzmaProperties } from '../../../../parsers/codecs/lzma/properties.ts'

/** One LZMA symbol: a literal, a match at a distance (1 is the last byte) or at one of the last four distances. */
export type LzmaSymbol =
  | { readonly kind: 'literal'; readonly byte: number }
  | { readonly kind: 'match'; readonly distance: number; readonly length: number }
  | { readonly kind: 'rep'; readonly which: number; readonly length: number }
  | { readonly kind: 'short rep' }
  | { readonly kind: 'end marker' }

/**
 * Encodes LZMA symbols as they are told, after the LZMA specification, with one map of named probabilities and no
 * thought of speed. It shares nothing with the decoder, and `xz -d` reads what it writes.
 */
export class LzmaEncoder {
  readonly properties: LzmaProperties
  /** What the symbols stand for. */
  readonly content: number[] = []
  #probabilities = new Map<string, number>()
  #state = 0
  #distances = [1, 1, 1, 1]
  #bytes: number[] = []
  #low = 0
  #range = 0xffffffff
  #cache = 0
  #cacheSize = 1

  constructor(properties: LzmaProperties) {
    this.properties = properties
  }

  /** Ends the range coder's output, begins a new one, and returns the ended one. */
  finish(): Uint8Array {
    for (let index = 0; index < 5; index++) this.#shiftLow()
    const bytes = Uint8Array.from(this.#bytes)
    this.#bytes = []
    this.#low = 0
    this.#range = 0xffffffff
    this.#cache = 0
    this.#cacheSize = 1
    return bytes
  }

  encode(symbol: LzmaSymbol): void {
    const positionState = this.content.length % 2 ** this.properties.positionBits
    const state = this.#state
    this.#bit(`is match ${state} ${positionState}`, symbol.kind === 'literal' ? 0 : 1)
    if (symbol.kind === 'literal') {
      this.#literal(symbol.byte)
      this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
      this.content.push(symbol.byte)
      return
    }
    if (symbol.kind === 'match' || symbol.kind === 'end marker') {
      const { distance, length } = symbol.kind === 'match' ? symbol : { distance: 2 ** 32, length: 2 }
      this.#bit(`is rep ${state}`, 0)
      this.#length('match', length, positionState)
      this.#distance(distance - 1, length)
      this.#distances = [distance, ...this.#distances.slice(0, 3)]
      this.#state = state < 7 ? 7 : 10
      if (symbol.kind === 'match') this.#copy(distance, length)
      return
    }
    this.#bit(`is rep ${state}`, 1)
    if (symbol.kind === 'short rep') {
      this.#bit(`is not rep0 ${state}`, 0)
      this.#bit(`is long rep0 ${state} ${positionState}`, 0)
      this.#state = state < 7 ? 9 : 11
      this.#copy(this.#distances[0]!, 1)
      return
    }
    const { which, length } = symbol
    this.#bit(`is not rep0 ${state}`, which === 0 ? 0 : 1)
    if (which === 0) {
      this.#bit(`is long rep0 ${state} ${positionState}`, 1)
    } else {
      this.#bit(`is not rep1 ${state}`, which === 1 ? 0 : 1)
      if (which > 1) this.#bit(`is not rep2 ${state}`, which === 2 ? 0 : 1)
    }
    this.#distances.unshift(...this.#distances.splice(which, 1))
    this.#length('rep', length, positionState)
    this.#state = state < 7 ? 8 : 11
    this.#copy(this.#distances[0]!, length)
  }

  /** The last four distances, latest first. */
  get distances(): readonly number[] {
    return this.#distances
  }

  #copy(distance: number, length: number): void {
    const { content } = this
    for (let index = 0; index < length; index++) content.push(content[content.length - distance] ?? 0)
  }

  #literal(byte: number): void {
    const { literalContextBits, literalPositionBits } = this.properties
    const position = this.content.length % 2 ** literalPositionBits
    const context = (this.content.at(-1) ?? 0) >> (8 - literalContextBits)
    const matchByte = this.content.at(-this.#distances[0]!) ?? 0
    let agrees = this.#state >= 7
    let node = 1
    for (let bit = 7; bit >= 0; bit--) {
      const value = (byte >> bit) & 1
      const matchBit = (matchByte >> bit) & 1
      const tree = agrees ? `matched ${matchBit}` : 'plain'
      this.#bit(`literal ${position} ${context} ${tree} ${node}`, value)
      if (matchBit !== value) agrees = false
      node = 2 * node + value
    }
  }

  #length(coder: string, length: number, positionState: number): void {
    const rest = length - 2
    this.#bit(`${coder} choice`, rest < 8 ? 0 : 1)
    if (rest >= 8) this.#bit(`${coder} choice 2`, rest < 16 ? 0 : 1)
    if (rest < 8) this.#tree(`${coder} low ${positionState}`, 3, rest)
    else if (rest < 16) this.#tree(`${coder} middle ${positionState}`, 3, rest - 8)
    else this.#tree(`${coder} high`, 8, rest - 16)
  }

  #distance(value: number, length: number): void {
    const width = value.toString(2).length
    const slot = value < 4 ? value : 2 * (width - 1) + (Math.floor(value / 2 ** (width - 2)) & 1)
    this.#tree(`slot ${Math.min(length, 5)}`, 6, slot)
    if (slot < 4) return
    const footerBits = (slot >> 1) - 1
    if (slot < 14) {
      this.#reverseTree(`special ${slot}`, footerBits, value)
      return
    }
    for (let bit = footerBits - 1; bit >= 4; bit--) {
      const half = Math.floor(this.#range / 2)
      this.#range = half
      if (Math.floor(value / 2 ** bit) % 2 === 1) this.#low += half
      this.#normalize()
    }
    this.#reverseTree('align', 4, value)
  }

  #tree(name: string, bits: number, value: number): void {
    let node = 1
    for (let bit = bits - 1; bit >= 0; bit--) {
      const one = (value >> bit) & 1
      this.#bit(`${name} ${node}`, one)
      node = 2 * node + one
    }
  }

  #reverseTree(name: string, bits: number, value: number): void {
    let node = 1
    for (let bit = 0; bit < bits; bit++) {
      const one = Math.floor(value / 2 ** bit) % 2
      this.#bit(`${name} ${node}`, one)
      node = 2 * node + one
    }
  }

  #bit(name: string, value: number): void {
    const probability = this.#probabilities.get(name) ?? 1024
    const bound = Math.floor(this.#range / 2048) * probability
    if (value === 0) {
      this.#range = bound
      this.#probabilities.set(name, probability + ((2048 - probability) >> 5))
    } else {
      this.#low += bound
      this.#range -= bound
      this.#probabilities.set(name, probability - (probability >> 5))
    }
    this.#normalize()
  }

  #normalize(): void {
    if (this.#range >= 2 ** 24) return
    this.#range *= 256
    this.#shiftLow()
  }

  #shiftLow(): void {
    if (this.#low < 0xff000000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0
      for (; this.#cacheSize > 0; this.#cacheSize--) {
        this.#bytes.push((this.#cache + carry) & 0xff)
        this.#cache = 0xff
      }
      this.#cache = Math.floor(this.#low / 2 ** 24) & 0xff
    }
    this.#cacheSize++
    this.#low = (this.#low % 2 ** 24) * 256
  }
}

/** A .lzma file of these symbols. @param size as the header says; unknown by default */
export function lzmaFile(
  properties: LzmaProperties,
  symbols: readonly LzmaSymbol[],
  size?: number,
): { file: Uint8Array; content: Uint8Array } {
  const encoder = new LzmaEncoder(properties)
  for (const symbol of symbols) encoder.encode(symbol)
  const header = new Uint8Array(13)
  header[0] = propertiesByte(properties)
  const view = new DataView(header.buffer)
  view.setUint32(1, 1 << 23, true)
  view.setBigUint64(5, size === undefined ? 0xffffffffffffffffn : BigInt(size), true)
  return { file: Buffer.concat([header, encoder.finish()]), content: Uint8Array.from(encoder.content) }
}

export function propertiesByte({ literalContextBits, literalPositionBits, positionBits }: LzmaProperties): number {
  return (positionBits * 5 + literalPositionBits) * 9 + literalContextBits
}
