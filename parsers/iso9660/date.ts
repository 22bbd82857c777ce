import type { ByteString } from '../bytes/byte-string.ts'

/** Seconds in one unit of the zone byte, a quarter of an hour (ECMA-119 9.1.5). */
const ZONE_UNIT = 900
const ZONE_MIN = -48
const ZONE_MAX = 52

/** A directory record's seven-byte date (ECMA-119 9.1.5) in seconds since 1970; 0 when it is not set. */
export function shortDate(bytes: Uint8Array, at: number): number {
  const month = bytes[at + 1]!
  const day = bytes[at + 2]!
  if (month === 0 || day === 0) return 0
  const local = Date.UTC(1900 + bytes[at]!, month - 1, day, bytes[at + 3], bytes[at + 4], bytes[at + 5])
  return local / 1000 - zoneSeconds(bytes[at + 6]!)
}

/** A volume descriptor's seventeen-byte date (ECMA-119 8.4.26.1) in seconds since 1970; undefined when not set. */
export function longDate(text: ByteString): number | undefined {
  // Writers fill unset digits with zeros, spaces or NULs. All of them count as 0.
  const number = (from: number, to: number): number => Number(text.slice(from, to).replace(/[^0-9]/g, '0'))
  const month = number(4, 6)
  const day = number(6, 8)
  if (month === 0 || day === 0) return undefined
  const local = Date.UTC(number(0, 4), month - 1, day, number(8, 10), number(10, 12), number(12, 14))
  return local / 1000 - zoneSeconds(text.charCodeAt(16))
}

/** Offset from Greenwich; 0 if the zone is impossible. genisoimage 1.1.11 writes -96 for all dates after 2027. */
function zoneSeconds(byte: number): number {
  const zone = (byte << 24) >> 24
  return zone < ZONE_MIN || zone > ZONE_MAX ? 0 : zone * ZONE_UNIT
}
