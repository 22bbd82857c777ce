import { ascii, bytes, u16le, u32le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'

/** "MZ" ("PE Format", MS-DOS Stub). */
const DOS_MAGIC = 0x5a4d
/** "PE\0\0" ("PE Format", Signature). */
const PE_SIGNATURE = 0x4550
/** The two kinds of optional headers of programs ("PE Format", Optional Header): with addresses of 32 and of 64 bits. */
const PE32 = 0x10b
const PE32_PLUS = 0x20b
/** The number of the certificate table among the data directories, each of which has 8 bytes. */
const CERTIFICATE_TABLE = 4
const DIRECTORY_SIZE = 8

const dosFields = { magic: u16le, rest: bytes(0x3a), signatureOffset: u32le }

/** The MS-DOS header: its magic, and at 0x3c the offset of the PE signature. */
export const dosHeader: Struct<typeof dosFields> = struct('MS-DOS header', dosFields)

const coffFields = {
  signature: u32le,
  machine: u16le,
  numberOfSections: u16le,
  timeDateStamp: u32le,
  pointerToSymbolTable: u32le,
  numberOfSymbols: u32le,
  sizeOfOptionalHeader: u16le,
  characteristics: u16le,
}

/** The PE signature, and the COFF file header behind it ("PE Format", COFF File Header). */
export const coffHeader: Struct<typeof coffFields> = struct('COFF file header', coffFields)
export type CoffHeader = StructOf<typeof coffFields>

const optionalFields = {
  magic: u16le,
  linkerVersion: bytes(2),
  // Sizes and addresses of code and data, and the address of the image, whose width differs between the two kinds.
  addresses: bytes(28),
  sectionAlignment: u32le,
  fileAlignment: u32le,
  versions: bytes(16),
  sizeOfImage: u32le,
  sizeOfHeaders: u32le,
  checkSum: u32le,
  subsystem: u16le,
}

/** The fields of the optional header that lie at the same place in both kinds ("PE Format", Optional Header). */
export const optionalHeader: Struct<typeof optionalFields> = struct('optional header', optionalFields)

const sectionFields = {
  name: ascii(8),
  virtualSize: u32le,
  virtualAddress: u32le,
  sizeOfRawData: u32le,
  pointerToRawData: u32le,
  pointerToRelocations: u32le,
  pointerToLinenumbers: u32le,
  numberOfRelocations: u16le,
  numberOfLinenumbers: u16le,
  characteristics: u32le,
}

/** A row of the section table ("PE Format", Section Table). */
export const sectionHeader: Struct<typeof sectionFields> = struct('section header', sectionFields)
export type SectionHeader = StructOf<typeof sectionFields>

/** Bytes of a symbol ("PE Format", COFF Symbol Table). */
const SYMBOL_SIZE = 18

/** The headers of a program. */
export interface PeHeaders {
  /** Offset of the PE signature. */
  readonly start: number
  readonly coff: CoffHeader
  readonly optional: StructOf<typeof optionalFields>
  /** Offset of the section table. */
  readonly sectionTable: number
  /** The certificate table (Authenticode); undefined if the program has none. */
  readonly certificates: { readonly offset: number; readonly length: number } | undefined
  /** The symbol table and the string table behind it; undefined if the program has none. */
  readonly symbols: SymbolTable | undefined
}

export interface SymbolTable {
  readonly offset: number
  /** Bytes of both tables. */
  readonly length: number
  /** Offset of the string table, whose first 4 bytes are its length. */
  readonly strings: number
  /** Bytes of the string table. */
  readonly stringsLength: number
}

/** Reads the headers; undefined if this is no program in PE format, or is cut short in them. */
export function readPeHeaders(source: ByteSource): PeHeaders | undefined {
  if (source.size < dosHeader.size) return undefined
  const { magic, signatureOffset: start } = dosHeader.read(source, 0)
  if (magic !== DOS_MAGIC || start + coffHeader.size + optionalHeader.size > source.size) return undefined
  const coff = coffHeader.read(source, start)
  if (coff.signature !== PE_SIGNATURE || coff.sizeOfOptionalHeader < optionalHeader.size) return undefined
  const at = start + coffHeader.size
  const optional = optionalHeader.read(source, at)
  if (optional.magic !== PE32 && optional.magic !== PE32_PLUS) return undefined
  return {
    start,
    coff,
    optional,
    sectionTable: at + coff.sizeOfOptionalHeader,
    certificates: certificateTable(source, at, coff.sizeOfOptionalHeader, optional.magic),
    symbols: symbolTable(source, coff),
  }
}

/** The certificate table. Its entry alone among the data directories has a file offset and not an address. */
function certificateTable(source: ByteSource, start: number, size: number, magic: number): PeHeaders['certificates'] {
  const directories = magic === PE32 ? 96 : 112
  const entry = directories + CERTIFICATE_TABLE * DIRECTORY_SIZE
  if (entry + DIRECTORY_SIZE > size || start + entry + DIRECTORY_SIZE > source.size) return undefined
  const count = u32At(source, start + directories - 4)
  if (count <= CERTIFICATE_TABLE) return undefined
  const offset = u32At(source, start + entry)
  const length = u32At(source, start + entry + 4)
  return offset === 0 || length === 0 ? undefined : { offset, length }
}

function symbolTable(source: ByteSource, coff: CoffHeader): SymbolTable | undefined {
  const { pointerToSymbolTable: offset, numberOfSymbols } = coff
  if (offset === 0) return undefined
  const strings = offset + numberOfSymbols * SYMBOL_SIZE
  if (strings + 4 > source.size) return { offset, length: strings - offset, strings, stringsLength: 0 }
  const stringsLength = u32At(source, strings)
  return { offset, length: strings + stringsLength - offset, strings, stringsLength }
}

function u32At(source: ByteSource, offset: number): number {
  const word = source.read(offset, 4)
  return u32le.get(new DataView(word.buffer, word.byteOffset, 4), 0)
}
