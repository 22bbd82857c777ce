import { bytes, u8, u16le } from '../bytes/fields.ts'
import { struct } from '../bytes/struct.ts'

/** A part of a long name (fatgen 1.03, "FAT Long Directory Entries"). It has the place of a directory entry. */
export const longNameEntry = struct('long directory entry', {
  order: u8,
  name1: bytes(10),
  attributes: u8,
  type: u8,
  checksum: u8,
  name2: bytes(12),
  firstClusterLow: u16le,
  name3: bytes(4),
})

/** The flag of the last part, which comes first. */
const LAST_PART = 0x40
const ORDER = 0x3f
/** A name has at most 255 characters, of which a part holds 13. */
const MOST_PARTS = 20

/** Puts a long name together. Its parts come before their directory entry, the last part first. */
export class LongName {
  #text = ''
  #checksum = 0
  /** The number of the part that must come next; 0 if the name is whole or there is none. */
  #next = 0

  /** Whether there are parts that no directory entry has taken yet. */
  get isPending(): boolean {
    return this.#next > 0 || this.#text !== ''
  }

  /** Adds a part. It returns false if earlier parts turn out to belong to no entry, or this one. */
  add({ order, type, checksum, name1, name2, name3 }: ReturnType<typeof longNameEntry.from>): boolean {
    const number = order & ORDER
    const isLast = (order & LAST_PART) !== 0
    const wasPending = this.isPending
    if (isLast && type === 0 && number > 0 && number <= MOST_PARTS) {
      this.#text = ''
      this.#checksum = checksum
    } else if (isLast || number === 0 || number !== this.#next || type !== 0 || checksum !== this.#checksum) {
      this.drop()
      return false
    }
    this.#text = textOf(name1) + textOf(name2) + textOf(name3) + this.#text
    this.#next = number - 1
    return !(isLast && wasPending)
  }

  /** Forgets the parts so far. */
  drop(): void {
    this.#text = ''
    this.#next = 0
  }

  /**
   * The name, for the directory entry after its parts; undefined if there is none for it. The parts are then forgotten.
   * @param checksum the checksum of the short name in that entry
   */
  take(checksum: number): string | undefined {
    const isWhole = this.#next === 0 && checksum === this.#checksum
    // A NUL ends the name, and 0xffff fills the rest of the part.
    const name = isWhole ? this.#text.split('\0', 1)[0] : undefined
    this.drop()
    return name === '' ? undefined : name
  }
}

/** UTF-16, little-endian. */
function textOf(units: Uint8Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += 2) text += String.fromCharCode(units[at]! | (units[at + 1]! << 8))
  return text
}
