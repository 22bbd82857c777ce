import { byteString, readable } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'

/** What a file is that is no image which is read here. */
export interface ForeignFile {
  /** With its article: "a FAT32 file system (label EFI)". */
  readonly what: string
  /** What can be done with it, as the end of a sentence: "mdir -/ -b -i efi.img :: lists it". */
  readonly advice?: string
  /** Where the bytes stand that tell, from the start of the source. */
  readonly offset: number
}

/** The file as a word of a shell's command, with a suffix to its name if one is given. */
export type FileWord = (suffix?: string) => string

/** Tells whether a source is of one kind. It reads a bounded part of it, and throws nothing for any content. */
export type Recogniser = (source: ByteSource, file: FileWord) => ForeignFile | undefined

/** Bytes at a fixed place that tell a kind of file. */
export interface Signature {
  readonly offset: number
  /** Text, one byte a character. */
  readonly bytes: string
  readonly what: string
  readonly advice?: (file: FileWord) => string
}

/** A recogniser for a list of signatures: the first that matches is it. */
export function recogniseSignatures(signatures: readonly Signature[]): Recogniser {
  return (source, file) => {
    const found = signatures.find(({ offset, bytes }) => textAt(source, offset, bytes.length) === bytes)
    if (found === undefined) return undefined
    const { what, offset, advice } = found
    return { what, offset, ...(advice === undefined ? {} : { advice: advice(file) }) }
  }
}

/** Bytes as text, one character a byte; undefined where the source does not have them. */
export function textAt(source: ByteSource, offset: number, length: number): string | undefined {
  return offset < 0 || offset + length > source.size ? undefined : byteString(source.read(offset, length))
}

/** A view of bytes; undefined where the source does not have them. */
export function viewAt(source: ByteSource, offset: number, length: number): DataView | undefined {
  if (offset < 0 || offset + length > source.size) return undefined
  const bytes = source.read(offset, length)
  return new DataView(bytes.buffer, bytes.byteOffset, length)
}

/** " (label EFI)", of a fixed field that ends in NULs or spaces; '' for none. */
export function labelled(field: string | undefined): string {
  const end = field?.indexOf('\0') ?? -1
  const label = (end < 0 ? field : field?.slice(0, end))?.trimEnd() ?? ''
  return label === '' ? '' : ` (label ${readable(label)})`
}

/** A path as a word of a shell's command; one that begins with a dash would be taken for an option. */
export function shellWord(path: string): string {
  const plain = path.startsWith('-') ? `./${path}` : path
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`
}

/** What lists the content of many formats. */
export function listedBy7zz(file: FileWord): string {
  return `7zz l ${file()} lists it`
}

/** What shows the content of a file system that only the kernel reads. */
export function shownByMount(file: FileWord): string {
  return `mount -o ro,loop ${file()} DIRECTORY shows its files`
}
