import { ascii, bytes, u8, u16le, u32le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'

/** Where the setup header begins: near the end of the first sector. */
export const SETUP_HEADER = 0x1f1
const BOOT_FLAG = 0xaa55

const fields = {
  setupSects: u8,
  rootFlags: u16le,
  syssize: u32le,
  ramSize: u16le,
  vidMode: u16le,
  rootDev: u16le,
  bootFlag: u16le,
  jump: u16le,
  header: ascii(4),
  version: u16le,
  realmodeSwtch: u32le,
  startSysSeg: u16le,
  kernelVersion: u16le,
  typeOfLoader: u8,
  loadflags: u8,
  setupMoveSize: u16le,
  code32Start: u32le,
  ramdiskImage: u32le,
  ramdiskSize: u32le,
  bootsectKludge: u32le,
  heapEndPtr: u16le,
  extLoaderVer: u8,
  extLoaderType: u8,
  cmdLinePtr: u32le,
  initrdAddrMax: u32le,
  kernelAlignment: u32le,
  relocatableKernel: u8,
  minAlignment: u8,
  xloadflags: u16le,
  cmdlineSize: u32le,
  hardwareSubarch: u32le,
  hardwareSubarchData: bytes(8),
  payloadOffset: u32le,
  payloadLength: u32le,
}

/**
 * The header of a kernel for x86 up to the fields that we read (kernel: Documentation/arch/x86/boot.rst, "The Real-Mode
 * Kernel Header"). The fields after `version` exist from a version of the protocol on.
 */
export const setupHeader: Struct<typeof fields> = struct('setup header', fields)
export type SetupHeader = StructOf<typeof fields>

/** The offset of a field from the start of the file. */
export function setupFieldOffset(field: keyof SetupHeader): number {
  return SETUP_HEADER + setupHeader.offsets[field]
}

/** Reads the header; undefined if this does not begin like a kernel for x86, or is cut short in the header. */
export function readSetupHeader(source: ByteSource): SetupHeader | undefined {
  if (source.size < SETUP_HEADER + setupHeader.size) return undefined
  const header = setupHeader.read(source, SETUP_HEADER)
  return header.header === 'HdrS' && header.bootFlag === BOOT_FLAG ? header : undefined
}
