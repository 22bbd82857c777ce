import type { ByteString } from '../../../parsers/bytes/byte-string.ts'

/** One paragraph of a control file: its fields by name, in lower case. */
export type Paragraph = ReadonlyMap<ByteString, ByteString>

/**
 * The paragraphs of a control file (deb822(5)). Names of fields are not case-sensitive. Lines of one field follow each
 * other with newlines between them, without the space at their beginning.
 */
export function* paragraphs(text: ByteString): Generator<Paragraph> {
  let fields = new Map<ByteString, ByteString>()
  let name = ''
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      if (fields.size > 0) yield fields
      fields = new Map()
      name = ''
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      const known = fields.get(name)
      if (known !== undefined) fields.set(name, `${known}\n${line.slice(1)}`)
    } else if (!line.startsWith('#')) {
      const colon = line.indexOf(':')
      if (colon <= 0) continue
      name = line.slice(0, colon).toLowerCase()
      fields.set(name, line.slice(colon + 1).trim())
    }
  }
  if (fields.size > 0) yield fields
}
