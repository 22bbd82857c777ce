import { type ByteString, byteString, byteStringOfText } from '../bytes/byte-string.ts'
import type { DirectoryRecord } from './directory-record.ts'

/** A name for a tree, and the version cut off it. */
export interface FileIdentifier {
  readonly name: ByteString
  /** ";1", or '' if there is none (ECMA-119 7.5.1). */
  readonly version: ByteString
}

/** A plain identifier (ECMA-119 7.5), without version and without the '.' of an empty extension. It keeps its case. */
export function plainIdentifier(record: DirectoryRecord): FileIdentifier {
  const { name, version } = splitVersion(byteString(record.bytes, record.nameStart, record.nameEnd))
  return { name: name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name, version }
}

/** A Joliet identifier: UCS-2, big-endian, in practice UTF-16. We drop an odd last byte. Nero adds versions. */
export function jolietIdentifier(record: DirectoryRecord): FileIdentifier {
  const { bytes, nameStart, nameEnd } = record
  let text = ''
  for (let at = nameStart; at + 2 <= nameEnd; at += 2) text += String.fromCharCode((bytes[at]! << 8) | bytes[at + 1]!)
  return splitVersion(byteStringOfText(text))
}

/** An identifier in the tree of an enhanced volume descriptor (ISO 9660:1999 7.5): any bytes, and no version. */
export function enhancedIdentifier(record: DirectoryRecord): FileIdentifier {
  return { name: byteString(record.bytes, record.nameStart, record.nameEnd), version: '' }
}

function splitVersion(name: ByteString): FileIdentifier {
  const semicolon = name.lastIndexOf(';')
  return semicolon > 0 && /^;[0-9]*$/.test(name.slice(semicolon))
    ? { name: name.slice(0, semicolon), version: name.slice(semicolon) }
    : { name, version: '' }
}

/** Whether a name can be part of a path: not empty, not '.' or '..', without '/' and NUL. */
export function isPathComponent(name: ByteString): boolean {
  if (name === '' || name === '.' || name === '..') return false
  for (let index = 0; index < name.length; index += 1) {
    const byte = name.charCodeAt(index)
    if (byte === 0x2f || byte === 0) return false
  }
  return true
}

/** The name with '_' in place of everything that a path component must not have. */
export function asPathComponent(name: ByteString): ByteString {
  if (name === '' || name === '.' || name === '..') return name === '..' ? '__' : '_'
  return name.replaceAll('/', '_').replaceAll('\0', '_')
}
