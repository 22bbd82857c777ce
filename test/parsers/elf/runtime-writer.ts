import { concat, text } from '../squashfs/writer.ts'

export interface RuntimeSpec {
  readonly bits?: 32 | 64
  readonly little?: boolean
  /** What e_ident says after "AI". */
  readonly appImageType?: number
  /** What a section header says in place of where its section lies. */
  readonly set?: { readonly section: number; readonly offset: bigint }
}

/**
 * The program of an AppImage with named sections (System V ABI, Sections). Section 0 is none, and the last one has the
 * names. The section header table ends the file.
 */
export function runtimeWith(
  sections: readonly (readonly [name: string, size: number])[],
  spec: RuntimeSpec = {},
): { readonly bytes: Uint8Array; readonly places: readonly number[] } {
  const { bits = 64, little = true, appImageType = 2, set } = spec
  const wide = bits === 64
  const [header, each] = wide ? [64, 64] : [52, 40]
  const names = text(['', ...sections.map(([name]) => name), '.shstrtab', ''].join('\0'))
  const parts = [...sections.map(([, size]) => new Uint8Array(size).fill(0x5a)), names]
  let end = header
  const places = parts.map(({ length }) => {
    const start = end
    end += length
    return start
  })
  const bytes = concat(new Uint8Array(header), ...parts, new Uint8Array(each * (parts.length + 1)))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const half = (offset: number, value: number): void => view.setUint16(offset, value, little)
  const word = (offset: number, value: number | bigint): void => {
    if (wide) view.setBigUint64(offset, BigInt(value), little)
    else view.setUint32(offset, Number(value), little)
  }
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, 0, 0x41, 0x49, appImageType])
  word(wide ? 40 : 32, end)
  half(wide ? 58 : 46, each)
  half(wide ? 60 : 48, parts.length + 1)
  half(wide ? 62 : 50, parts.length)
  let name = 1
  for (const [index, place] of places.entries()) {
    const at = end + (index + 1) * each
    view.setUint32(at, name, little)
    view.setUint32(at + 4, 1, little)
    word(at + (wide ? 24 : 16), set?.section === index + 1 ? set.offset : place)
    word(at + (wide ? 32 : 20), parts[index]!.length)
    name += (sections[index]?.[0].length ?? 0) + 1
  }
  return { bytes, places }
}
