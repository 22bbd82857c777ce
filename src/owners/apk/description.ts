import type { PackageDescription } from '../package-file.ts'
import { namesIn, requirementsOf, sourceOf } from './dependencies.ts'
import { type ApkRecord, textOf } from './records.ts'

/** What a record of an index or of the database says of its package; its name is '' if it names none. */
export function descriptionOf(record: ApkRecord): PackageDescription {
  const name = textOf(record, 'P')
  return {
    name,
    version: textOf(record, 'V'),
    architecture: textOf(record, 'A'),
    source: sourceOf(name, textOf(record, 'o')),
    requires: requirementsOf(textOf(record, 'D')),
    provides: namesIn(textOf(record, 'p')),
  }
}
