import { type ByteString, byteStringOfText } from '../bytes/byte-string.ts'

/**
 * The characters of bytes 0x80..0xff in code page 437. A volume does not say which code page its short names use. We
 * take the one that Linux takes by default, so that names are those of a mounted volume.
 */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/** The first byte of a name that begins with 0xe5, which marks deleted entries (fatgen 1.03, "DIR_Name"). */
const ESCAPED_E5 = 0x05
/** Flags of Windows NT: the base or the extension is in lower case. */
const LOWER_BASE = 0x08
const LOWER_EXTENSION = 0x10

/**
 * The name that the eleven bytes of a directory entry stand for, in UTF-8: "README.TXT".
 * @param flags the byte in which Windows NT notes lower case
 */
export function shortName(bytes: Uint8Array, flags: number): ByteString {
  const base = part(bytes, 0, 8, (flags & LOWER_BASE) !== 0)
  const extension = part(bytes, 8, 11, (flags & LOWER_EXTENSION) !== 0)
  return byteStringOfText(extension === '' ? base : `${base}.${extension}`)
}

/** A volume label as text. It may have spaces inside. */
export function labelText(bytes: Uint8Array): string {
  return part(bytes, 0, 11, false)
}

/** The checksum of a short name that each part of its long name repeats (fatgen 1.03, "FAT Long Directory Entries"). */
export function shortNameChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff
  return sum
}

function part(bytes: Uint8Array, start: number, end: number, isLower: boolean): string {
  let text = ''
  for (let at = start; at < end; at += 1) {
    const byte = at === 0 && bytes[at] === ESCAPED_E5 ? 0xe5 : bytes[at]!
    const character = byte < 0x80 ? String.fromCharCode(byte) : CODE_PAGE_437[byte - 0x80]!
    text += isLower ? lowerCase(character) : character
  }
  return text.replace(/ +$/, '')
}

/** The small letter, if the code page has it. */
function lowerCase(character: string): string {
  const lower = character.toLowerCase()
  return character < '\x80' || CODE_PAGE_437.includes(lower) ? lower : character
}
