import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { PackageDescription } from '../package-file.ts'
import type { Paragraph } from './control-file.ts'
import { namesIn, requirementsOf } from './relations.ts'

/** What a paragraph says of its package (deb-control(5)); undefined if it names none. */
export function descriptionOf(fields: Paragraph): PackageDescription | undefined {
  const [name, version = '', architecture = ''] = ['package', 'version', 'architecture'].map((field) =>
    fields.get(field),
  )
  if (name === undefined) return undefined
  return {
    name,
    version,
    architecture,
    source: sourceOf(fields.get('source')),
    requires: [
      ...requirementsOf(fields.get('pre-depends'), false),
      ...requirementsOf(fields.get('depends'), false),
      ...requirementsOf(fields.get('recommends'), true),
      // By default, apt keeps what an installed package suggests: APT::AutoRemove::SuggestsImportant (apt.conf(5)).
      ...requirementsOf(fields.get('suggests'), true),
    ],
    provides: namesIn(fields.get('provides')),
  }
}

/** "glibc", or "gcc-12 (12.2.0-14)" for a source package of another version (deb-control(5)). */
function sourceOf(field: ByteString | undefined): ByteString | undefined {
  return field?.replace(/^(\S+)\s+\((.+)\)$/s, '$1@$2')
}
