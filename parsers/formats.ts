import type { ByteSource } from './bytes/source.ts'
import type { Format } from './format.ts'
import type { FormatTraits } from './image.ts'
import { iso9660 } from './iso9660/format.ts'
import { squashfs } from './squashfs/format.ts'

/** All formats that we read, in the order in which we try them. No other file lists them. */
export const FORMATS: readonly Format[] = [squashfs, iso9660]

/** The format of a source, and whether the source is damaged; undefined if it has none of these formats. */
export function formatOf(source: ByteSource): { readonly format: Format; readonly isDamaged: boolean } | undefined {
  for (const format of FORMATS) {
    const answer = format.recognise(source)
    if (answer !== 'no') return { format, isDamaged: answer === 'damaged' }
  }
  return undefined
}

/**
 * The traits of a format, by its name. A newer report may name a format that we do not know; its name is then all we
 * have.
 */
export function traitsOf(name: string): FormatTraits {
  const known = FORMATS.find((format) => format.name === name)
  return known ?? { name, title: name, noun: `a ${name} image`, looksInside: 'on demand', sharesBytes: false }
}
