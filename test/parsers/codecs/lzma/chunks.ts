import type { Decompress } from '../../../../parsers/codecs/codec.ts'
import { decodeLzma2 } from '../../../../parsers/codecs/lzma/lzma2.ts'
import { createLzmaState } from '../../../../parsers/codecs/lzma/state.ts'
import { type LzmaEncoder, type LzmaSymbol, propertiesByte } from './encoder.ts'

export const decompressLzma2: Decompress = (input, output) =>
  decodeLzma2(createLzmaState(), { input, inputStart: 0, output, outputStart: 0 }).outputEnd

export const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }

export function lzmaChunk(control: number, size: number, compressed: Uint8Array, properties?: number): Uint8Array {
  const stored = size - 1
  const length = compressed.length - 1
  const head = [control | (stored >> 16), (stored >> 8) & 255, stored & 255, length >> 8, length & 255]
  return Buffer.concat([Uint8Array.from(properties === undefined ? head : [...head, properties]), compressed])
}

export function uncompressedChunk(control: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(control, (bytes.length - 1) >> 8, (bytes.length - 1) & 255), bytes])
}

export const END = Uint8Array.of(0)

/** A chunk with these symbols, which the encoder encodes behind what it has; the content it adds. */
export function chunkOf(
  encoder: LzmaEncoder,
  control: number,
  symbols: readonly LzmaSymbol[],
): { chunk: Uint8Array; content: Uint8Array } {
  const before = encoder.content.length
  for (const symbol of symbols) encoder.encode(symbol)
  const content = Uint8Array.from(encoder.content.slice(before))
  const properties = control >= 0xc0 ? propertiesByte(encoder.properties) : undefined
  return { chunk: lzmaChunk(control, content.length, encoder.finish(), properties), content }
}

export const text = (words: string): LzmaSymbol[] =>
  Array.from(Buffer.from(words), (byte) => ({ kind: 'literal', byte }))
