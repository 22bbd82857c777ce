import { byteString, readable } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { Image } from '../image.ts'
import type { KernelLayout } from './kernel-layout.ts'
import { readPayload } from './payload.ts'
import { readSetupHeader, type SetupHeader, setupFieldOffset } from './setup-header.ts'
import type { Place } from './stored-parts.ts'

const SECTOR = 512
/** The number of setup sectors if the header has 0 ("setup_sects"). */
const DEFAULT_SETUP_SECTORS = 4
/** The unit of `syssize`. */
const PARAGRAPH = 16
/** Versions of the protocol from which on `syssize` has 4 bytes, and from which on there is a payload. */
const LONG_SYSSIZE = 0x204
const HAS_PAYLOAD = 0x208
/** Bytes of a version string that we read. Linux's have about a hundred. */
const VERSION_LENGTH = 256

/**
 * The layout of a kernel for x86, or of a program that a boot loader starts like one, such as Memtest86+ and iPXE
 * (kernel: Documentation/arch/x86/boot.rst): a boot sector and setup code, then the protected-mode kernel, which has the
 * kernel proper as its payload. Undefined if this is none.
 */
export function readBzImage(source: ByteSource, problems: Problems): KernelLayout | undefined {
  const header = readSetupHeader(source)
  if (header === undefined) return undefined
  const start = ((header.setupSects === 0 ? DEFAULT_SETUP_SECTORS : header.setupSects) + 1) * SECTOR
  const length = kernelLength(source, header, start, problems)
  const setup = { name: 'setup', content: [{ offset: 0, length: start }], slack: [] }
  const payload = payloadPlace(header, start, length, problems)
  const facts = versionFacts(source, header)
  if (payload === undefined) {
    const kernel = { name: 'protected-mode-kernel', content: [{ offset: start, length }], slack: [] }
    return { facts, parts: [setup, kernel], structures: [], end: start + length }
  }
  const { name, content, compression, unpackedSize, sizeField } = readPayload(source, payload, true)
  const payloadEnd = payload.offset + payload.length
  const around = [
    { offset: start, length: payload.offset - start },
    { offset: payloadEnd, length: start + length - payloadEnd },
  ]
  return {
    facts: { ...facts, compression, ...(unpackedSize === undefined ? {} : { unpackedSize }) },
    parts: [setup, { name: 'decompressor', content: around, slack: [] }, { name, content: [content], slack: [] }],
    structures: sizeField === undefined ? [] : [sizeField],
    end: start + length,
  }
}

/**
 * Bytes of the protected-mode kernel. `syssize` counts paragraphs, and the last one may be incomplete in the file. Some
 * programs leave the field wrong or empty; then the kernel takes the rest of the file.
 */
function kernelLength(
  source: ByteSource,
  { syssize, version }: SetupHeader,
  start: number,
  problems: Problems,
): number {
  const rest = Math.max(source.size - start, 0)
  const paragraphs = version >= LONG_SYSSIZE ? syssize : syssize % 2 ** 16
  const length = paragraphs * PARAGRAPH
  if (version < LONG_SYSSIZE || length === 0) return rest
  if (length - rest >= PARAGRAPH) {
    problems.lose('TRUNCATED', 'the file ends before the kernel does', {
      structure: 'protected-mode kernel',
      offset: Math.min(start, source.size),
      field: 'syssize',
      found: source.size,
      expected: start + length,
    })
  }
  return Math.min(length, rest)
}

/** The payload, which counts from the start of the protected-mode kernel ("payload_offset"); undefined if there is none. */
function payloadPlace(header: SetupHeader, start: number, length: number, problems: Problems): Place | undefined {
  const { version, payloadOffset, payloadLength } = header
  if (version < HAS_PAYLOAD || payloadLength === 0 || payloadOffset >= length) return undefined
  if (payloadOffset + payloadLength > length) {
    problems.add('MALFORMED', 'the payload ends after the protected-mode kernel; it is taken up to its end', {
      structure: 'setup header',
      offset: setupFieldOffset('payloadLength'),
      field: 'payload_length',
      found: payloadLength,
      expected: `at most ${length - payloadOffset}`,
    })
  }
  return { offset: start + payloadOffset, length: Math.min(payloadLength, length - payloadOffset) }
}

/**
 * The version string, whose pointer counts from the second sector; 0 means none ("kernel_version"). In Linux the builder
 * follows the release in brackets (kernel: arch/x86/boot/version.c).
 */
function versionFacts(source: ByteSource, header: SetupHeader): Image['facts'] {
  const protocol = `${header.version >> 8}.${String(header.version & 0xff).padStart(2, '0')}`
  const start = header.kernelVersion + SECTOR
  if (header.kernelVersion === 0 || start >= source.size) return { machine: 'x86', protocol }
  const text = byteString(source.read(start, Math.min(VERSION_LENGTH, source.size - start)))
  const version = /^[ -~]*/.exec(text)![0].trimEnd()
  const release = /^(\d+\.\d\S*) \(/.exec(version)?.[1]
  return {
    machine: 'x86',
    protocol,
    ...(version === '' ? {} : { version: readable(version) }),
    ...(release === undefined ? {} : { release }),
  }
}
