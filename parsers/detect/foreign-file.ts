import { byteString, readable } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'

/** What a file is, if it is not an image that we read. */
export interface ForeignFile {
  /** The kind with its article: "a FAT32 file system (label EFI)". */
  readonly what: string
  /** A suggestion, as the end of a sentence: "mdir -/ -b -i efi.img :: lists it". */
  readonly advice?: string
  /** Where the identifying bytes are, from the start of the source. */
  readonly offset: number
}

/** The file name as a shell word, with an optional suffix. */
export type FileWord = (suffix?: string) => string

/** Says whether a source is of one kind. It reads a bounded part of the source and throws for no content. */
export type Recogniser = (source: ByteSource, file: FileWord) => ForeignFile | undefined

/** Bytes at a fixed offset that identify a kind of file. */
export interface Signature {
  readonly offset: number
  /** Text, one byte a character. */
  readonly bytes: string
  readonly what: string
  readonly advice?: (file: FileWord) => string
}

/** A recogniser for a list of signatures. The first match wins. */
export function recogniseSignatures(signatures: readonly Signature[]): Recogniser {
  return (source, file) => {
    const found = signatures.find(({ offset, bytes }) => textAt(source, offset, bytes.length) === bytes)
    if (found === undefined) return undefined
    const { what, offset, advice } = found
    return { what, offset, ...(advice === undefined ? {} : { advice: advice(file) }) }
  }
}

/** Bytes as text, one character a byte; undefined if the source does not have them. */
export function textAt(source: ByteSource, offset: number, length: number): string | undefined {
  return offset < 0 || offset + length > source.size ? undefined : byteString(source.read(offset, length))
}

/** A view of bytes; undefined if the source does not have them. */
export function viewAt(source: ByteSource, offset: number, length: number): DataView | undefined {
  if (offset < 0 || offset + length > source.size) return undefined
  const bytes = source.read(offset, length)
  return new DataView(bytes.buffer, bytes.byteOffset, length)
}

/** " (label EFI)" for a fixed field that ends in NULs or spaces; '' if it is empty. */
export function labelled(field: string | undefined): string {
  const end = field?.indexOf('\0') ?? -1
  const label = (end < 0 ? field : field?.slice(0, end))?.trimEnd() ?? ''
  return label === '' ? '' : ` (label ${readable(label)})`
}

/** Quotes a path as a shell word. A leading dash gets "./" before it, because a command would take it for an option. */
export function shellWord(path: string): string {
  const plain = path.startsWith('-') ? `./${path}` : path
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`
}

/** Suggests 7zz, which lists the content of many formats. */
export function listedBy7zz(file: FileWord): string {
  return `7zz l ${file()} lists it`
}

/** Suggests a mount, for a file system that only the kernel reads. */
export function shownByMount(file: FileWord): string {
  return `mount -o ro,loop ${file()} DIRECTORY shows its files`
}
