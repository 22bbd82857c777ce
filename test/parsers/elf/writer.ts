/** What an ELF file is made with. */
export interface ElfSpec {
  readonly bits?: 32 | 64
  readonly little?: boolean
  /** "AI" and this number, as AppImage has them. */
  readonly appImageType?: number
  /** The header table of the sections ends the file; of none the last segment does. */
  readonly table?: 'sections' | 'segments'
  /** Bytes of a last section behind the table. */
  readonly behind?: number
  /** What of the header is set to something else, by offset: a number as wide as its field. */
  readonly set?: readonly (readonly [offset: number, bytes: 2 | 4 | 8, value: bigint])[]
}

/** An ELF file with a header, some bytes, and a table of three entries, as the System V ABI has them. */
export function writeElf(spec: ElfSpec = {}): Uint8Array {
  const { bits = 64, little = true, appImageType, table = 'sections', behind = 0, set = [] } = spec
  const wide = bits === 64
  const word = wide ? 8 : 4
  const header = wide ? 64 : 52
  const each = table === 'sections' ? (wide ? 64 : 40) : wide ? 56 : 32
  const content = 300
  const isSections = table === 'sections'
  // Segments are told of right behind the header, sections behind the content.
  const at = isSections ? header + content : header
  const size = isSections ? at + 3 * each + behind : header + 3 * each + content
  const bytes = new Uint8Array(size).fill(0x90)
  const view = new DataView(bytes.buffer)
  const put = (offset: number, length: number, value: number | bigint): void => {
    if (length === 2) view.setUint16(offset, Number(value), little)
    else if (length === 4) view.setUint32(offset, Number(value), little)
    else view.setBigUint64(offset, BigInt(value), little)
  }
  bytes.fill(0, 0, header)
  bytes.fill(0, at, at + 3 * each)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1])
  if (appImageType !== undefined) bytes.set([0x41, 0x49, appImageType], 8)
  const counts = wide ? 54 : 42
  if (isSections) {
    put(wide ? 40 : 32, word, at)
    put(counts + 4, 2, each)
    put(counts + 6, 2, 3)
    const last = at + 2 * each
    put(last + (wide ? 24 : 16), word, at + 3 * each)
    put(last + (wide ? 32 : 20), word, behind)
  } else {
    put(wide ? 32 : 28, word, at)
    put(counts, 2, each)
    put(counts + 2, 2, 3)
    const second = at + each
    put(second + (wide ? 8 : 4), word, header)
    put(second + (wide ? 32 : 16), word, size - header)
  }
  for (const [offset, length, value] of set) put(offset, length, value)
  return bytes
}
