import { byteString } from '../bytes/byte-string.ts'
import { joined } from '../bytes/joined.ts'
import { blockOffset, type Volume } from './volume.ts'

/** Namespace byte of "isofs." (AAIP 2.0, susp_aaip_isofs_names), then the name of the checksum array. */
const CHECKSUM_ARRAY = '\x04ca'
/** Component flag: the value continues in the next component. */
const CONTINUES = 0x01

/** Where libisofs stored the checksums of files, in bytes. */
export interface ChecksumArray {
  readonly offset: number
  readonly length: number
}

/** The array that attribute "isofs.ca" of the root directory points to. It begins where the checksummed range ends. */
export function checksumArray(volume: Volume, attributes: readonly Uint8Array[]): ChecksumArray | undefined {
  const components = componentsOf(attributes)
  const name = components.findIndex((component, index) => index % 2 === 0 && byteString(component) === CHECKSUM_ARRAY)
  const value = components[name + 1]
  if (name < 0 || value === undefined) return undefined
  // START, END, COUNT, SIZE, each a length byte and a big-endian number, then "MD5".
  const numbers: number[] = []
  let at = 0
  for (let field = 0; field < 4; field += 1) {
    const end = at + 1 + (value[at] ?? 0)
    let number = 0
    for (at += 1; at < end; at += 1) number = number * 256 + (value[at] ?? 0)
    numbers.push(number)
  }
  const [, end = 0, count = 0, size = 0] = numbers
  const offset = blockOffset(volume, end)
  const length = count * size
  return length > 0 && offset + length <= volume.source.size ? { offset, length } : undefined
}

/** Names and values alternate. A writer may cut each into several component records. */
function componentsOf(attributes: readonly Uint8Array[]): Uint8Array[] {
  const components: Uint8Array[] = []
  let open: Uint8Array | undefined
  for (const records of attributes) {
    for (let at = 0; at + 2 <= records.length; ) {
      const flags = records[at]!
      const content = records.subarray(at + 2, at + 2 + records[at + 1]!)
      const whole: Uint8Array = open === undefined ? content : joined([open, content])
      open = (flags & CONTINUES) === 0 ? undefined : whole
      if (open === undefined) components.push(whole)
      at += 2 + records[at + 1]!
    }
  }
  return components
}
