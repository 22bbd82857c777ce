import { bytes, u16le, u32le, u64le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'

/** "\x7fELF", a 64-bit class, little-endian, version 1 (System V ABI, ELF header, e_ident). */
const IDENT = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]
/** Programs at a fixed address, and such as can be moved (e_type). */
const ET_EXEC = 2
const ET_DYN = 3
/** A segment that is loaded (p_type). */
const PT_LOAD = 1
/** Segments that we look at. Kernels have about five. */
const MOST_SEGMENTS = 32
/** Addresses of kernels are in the upper half of the address space. */
const UPPER_HALF = 2 ** 63

const elfFields = {
  ident: bytes(16),
  type: u16le,
  machine: u16le,
  version: u32le,
  entry: u64le,
  phoff: u64le,
  shoff: u64le,
  flags: u32le,
  ehsize: u16le,
  phentsize: u16le,
  phnum: u16le,
  shentsize: u16le,
  shnum: u16le,
  shstrndx: u16le,
}

/** The header of a 64-bit ELF file (System V ABI, ELF header). */
export const elfHeader: Struct<typeof elfFields> = struct('ELF header', elfFields)
export type ElfHeader = StructOf<typeof elfFields>

const segmentFields = {
  type: u32le,
  flags: u32le,
  offset: u64le,
  vaddr: u64le,
  paddr: u64le,
  filesz: u64le,
  memsz: u64le,
  align: u64le,
}

/** A row of the program header table (System V ABI, Program Header). */
export const segmentHeader: Struct<typeof segmentFields> = struct('program header', segmentFields)

const sectionFields = {
  name: u32le,
  type: u32le,
  flags: u64le,
  addr: u64le,
  offset: u64le,
  size: u64le,
  link: u32le,
  info: u32le,
  addralign: u64le,
  entsize: u64le,
}

/** A row of the section header table (System V ABI, Sections). */
export const elfSectionHeader: Struct<typeof sectionFields> = struct('section header', sectionFields)

/**
 * The ELF header of a Linux kernel, which is a program whose first loaded segment belongs into the upper half of the
 * address space; undefined if a source does not begin like one. We read neither 32-bit nor big-endian kernels.
 */
export function readVmlinux(source: ByteSource): ElfHeader | undefined {
  if (source.size < elfHeader.size) return undefined
  const header = elfHeader.read(source, 0)
  if (!IDENT.every((byte, index) => header.ident[index] === byte)) return undefined
  const { type, phoff, phentsize, phnum } = header
  if ((type !== ET_EXEC && type !== ET_DYN) || phentsize !== segmentHeader.size) return undefined
  for (let index = 0; index < Math.min(phnum, MOST_SEGMENTS); index += 1) {
    const at = phoff + index * phentsize
    if (at + phentsize > source.size) return undefined
    const segment = segmentHeader.read(source, at)
    if (segment.type === PT_LOAD) return segment.vaddr >= UPPER_HALF ? header : undefined
  }
  return undefined
}
