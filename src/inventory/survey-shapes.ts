import type { FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import type { Account, FilePlace } from './attribution.ts'
import type { ImageSummary } from './image-summary.ts'
import { count, flag, list, nullable, object, oneOf, optional, type Shape, text, where } from './json-shape.ts'

// The shapes that saved reports and cached surveys share.

const number = where((value) => typeof value === 'number', 'must be a number')
const textOrNumber = where(
  (value) => typeof value === 'string' || typeof value === 'number',
  'must be text or a number',
)

/** The kinds of accounts of a saved report and of a survey, except that of owners. */
export const accountKinds = [
  'file',
  'structure',
  'padding',
  'gap',
  'overlap',
  'unreadable',
] as const satisfies readonly Account['kind'][]

/** Where bytes of an account lie. */
export const places: Shape = list(object<FilePlace>({ offset: count, length: count, innerOffset: optional(count) }))

export const errorCode: Shape = oneOf('MALFORMED', 'TRUNCATED', 'CHECKSUM', 'UNSUPPORTED', 'LIMIT', 'IO')

export const errorFacts = {
  source: text,
  structure: text,
  offset: number,
  outerOffset: optional(number),
  field: optional(text),
  expected: optional(textOrNumber),
  found: optional(textOrNumber),
  limit: optional(text),
  wholeSize: optional(number),
} as const satisfies { readonly [Key in keyof FormatErrorFacts]-?: Shape }

/**
 * The facts of a summary except the number of owners.
 * @param name the shape of further names of an image inside
 */
export function summaryFields(name: Shape): { readonly [Key in keyof Omit<ImageSummary, 'owners'>]-?: Shape } {
  return {
    name: text,
    size: count,
    format: text,
    offset: optional(count),
    container: optional(text),
    volumeId: nullable(text),
    label: nullable(text),
    squashfs: list(
      object<ImageSummary['squashfs'][number]>({
        path: text,
        otherNames: optional(list(name)),
        compressor: text,
        compressorOptions: nullable(text),
        blockSize: count,
      }),
    ),
    complete: flag,
  }
}
