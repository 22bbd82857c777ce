/** Bytes of a sector, and of a block on UDF bridge discs (UDF 2.60 2.2.4.2). */
export const UDF_SECTOR = 2048

/** The names of tagged descriptors, by the tag's identifier (ECMA-167 3/7.2.1, 4/7.2.1). */
// biome-ignore format: one tag a line
const NAMES: Readonly<Record<number, string>> = {
  1: 'primary volume descriptor',
  2: 'anchor volume descriptor pointer',
  3: 'volume descriptor pointer',
  4: 'implementation use volume descriptor',
  5: 'partition descriptor',
  6: 'logical volume descriptor',
  7: 'unallocated space descriptor',
  8: 'terminating descriptor',
  9: 'logical volume integrity descriptor',
  256: 'file set descriptor',
  257: 'directory',
  258: 'allocation extent descriptor',
  259: 'indirect entry',
  260: 'terminal entry',
  261: 'file entry',
  262: 'extended attribute header descriptor',
  263: 'unallocated space entry',
  264: 'space bitmap',
  265: 'partition integrity entry',
  266: 'extended file entry',
}

/** The name of a descriptor with this tag: "UDF file entry". */
export function udfName(tag: number): string {
  return `UDF ${NAMES[tag] ?? 'descriptor'}`
}

/**
 * The identifier of the descriptor tag at `at` (ECMA-167 3/7.2); undefined if there is none. We require a known
 * identifier, the version, a reserved zero, and the sum of the other 15 bytes.
 */
export function udfTag(bytes: Uint8Array, at: number): number | undefined {
  const identifier = bytes[at]! | (bytes[at + 1]! << 8)
  if (!((identifier >= 1 && identifier <= 9) || (identifier >= 256 && identifier <= 266))) return undefined
  const version = bytes[at + 2]! | (bytes[at + 3]! << 8)
  if ((version !== 2 && version !== 3) || bytes[at + 5] !== 0) return undefined
  let sum = 0
  for (let index = 0; index < 16; index += 1) if (index !== 4) sum += bytes[at + index]!
  return (sum & 0xff) === bytes[at + 4] ? identifier : undefined
}
