import type { ByteSource } from './bytes/source.ts'
import type { Format } from './format.ts'
import type { FormatTraits } from './image.ts'
import { iso9660 } from './iso9660/format.ts'
import { squashfs } from './squashfs/format.ts'

/** All formats that are read, in the order in which a source is tried for them. Nothing else knows which there are. */
export const FORMATS: readonly Format[] = [squashfs, iso9660]

/** The format of a source, and whether it is damaged; undefined where it has none of these formats. */
export function formatOf(source: ByteSource): { readonly format: Format; readonly isDamaged: boolean } | undefined {
  for (const format of FORMATS) {
    const answer = format.recognise(source)
    if (answer !== 'no') return { format, isDamaged: answer === 'damaged' }
  }
  return undefined
}

/** What is true of a format, by its name; of one that is not known here, such as that of a newer report, its name alone. */
export function traitsOf(name: string): FormatTraits {
  const known = FORMATS.find((format) => format.name === name)
  return known ?? { name, title: name, noun: `a ${name} image`, looksInside: 'on demand', sharesBytes: false }
}
