import { type ByteString, byteString } from './byte-string.ts'

/** One fixed-width field: its size in bytes, and how to read it at `offset` of a view. */
export interface Field<T> {
  readonly size: number
  get(view: DataView, offset: number): T
}

export const u8: Field<number> = { size: 1, get: (view, offset) => view.getUint8(offset) }
export const u16le: Field<number> = { size: 2, get: (view, offset) => view.getUint16(offset, true) }
export const u16be: Field<number> = { size: 2, get: (view, offset) => view.getUint16(offset, false) }
export const u32le: Field<number> = { size: 4, get: (view, offset) => view.getUint32(offset, true) }
export const u32be: Field<number> = { size: 4, get: (view, offset) => view.getUint32(offset, false) }

/**
 * A 64-bit number. We round it above 2^53. No file is that large, so every range check refuses the rounded value. Many
 * formats write all ones for "absent", which reads as ABSENT.
 */
export const u64le: Field<number> = {
  size: 8,
  get: (view, offset) => view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
}

/** A 64-bit number, big-endian, which we round as `u64le` does. */
export const u64be: Field<number> = {
  size: 8,
  get: (view, offset) => view.getUint32(offset, false) * 2 ** 32 + view.getUint32(offset + 4, false),
}

/** The value of 64 one bits. */
export const ABSENT: number = 2 ** 64

/** Both-endian numbers (ECMA-119 7.2.3, 7.3.3): little-endian first, then the same big-endian. */
export interface BothEndian {
  readonly little: number
  readonly big: number
}
export const u16both: Field<BothEndian> = {
  size: 4,
  get: (view, offset) => ({ little: view.getUint16(offset, true), big: view.getUint16(offset + 2, false) }),
}
export const u32both: Field<BothEndian> = {
  size: 8,
  get: (view, offset) => ({ little: view.getUint32(offset, true), big: view.getUint32(offset + 4, false) }),
}

/** `length` bytes, as a copy. */
export function bytes(length: number): Field<Uint8Array> {
  return {
    size: length,
    get: (view, offset) => new Uint8Array(view.buffer, view.byteOffset + offset, length).slice(),
  }
}

/** `length` bytes of text, one character a byte, without trimming. */
export function ascii(length: number): Field<ByteString> {
  return {
    size: length,
    get: (view, offset) => byteString(new Uint8Array(view.buffer, view.byteOffset + offset, length)),
  }
}
