/**
 * What went wrong, as a word a program can test:
 * `MALFORMED` breaks the specification, `TRUNCATED` ends too early, `CHECKSUM` does not match,
 * `UNSUPPORTED` is valid but not read here, `LIMIT` is larger than a named limit allows, `IO` is not to be had of the disk.
 */
export type ErrorCode = 'MALFORMED' | 'TRUNCATED' | 'CHECKSUM' | 'UNSUPPORTED' | 'LIMIT' | 'IO'

/** Where and what, all JSON: what tests match, what `--json` prints. */
export interface FormatErrorFacts {
  /** What was being read: a file name, or "nix-store.squashfs in image.iso"; codecs, which know no files, say "input". */
  readonly source: string
  /** The structure by its specification name: "superblock", "inode 4711 (basic file)". */
  readonly structure: string
  /** Byte offset in `source`. */
  readonly offset: number
  /** Byte offset in the outermost file, when `source` lies inside one as stored bytes. */
  readonly outerOffset?: number
  /** The field of the structure, in the specification's words. */
  readonly field?: string
  readonly expected?: string | number
  readonly found?: string | number
  /** Of a LIMIT that can be set: its name and value, "depth=2048". */
  readonly limit?: string
  /** Of a source that was cut short: bytes it was to have, as its header says; `found` has those it has. */
  readonly wholeSize?: number
}

/**
 * A file that cannot be read as what it claims to be. The message is one sentence for people:
 * source, structure, offset, what is wrong, what was found and expected.
 */
export class FormatError extends Error {
  override readonly name: string = 'FormatError'
  readonly code: ErrorCode
  /** The bare statement of what is wrong, without the place. */
  readonly detail: string
  readonly facts: FormatErrorFacts

  constructor(code: ErrorCode, detail: string, facts: FormatErrorFacts, options?: ErrorOptions) {
    super(sentence(detail, facts), options)
    this.code = code
    this.detail = detail
    this.facts = facts
  }

  toJSON(): { code: ErrorCode; message: string } & FormatErrorFacts {
    return { code: this.code, message: this.message, ...this.facts }
  }
}

function sentence(detail: string, facts: FormatErrorFacts): string {
  const outer = facts.outerOffset === undefined ? '' : ` (${hex(facts.outerOffset)} of the outer file)`
  const field = facts.field === undefined ? '' : `${facts.field}: `
  const measured = [
    ...(facts.found === undefined ? [] : [`found ${shown(facts.found)}`]),
    ...(facts.expected === undefined ? [] : [`expected ${shown(facts.expected)}`]),
  ].join(', ')
  const raise = facts.limit === undefined ? '' : `; the limit is ${facts.limit}, and --parser-limit sets another`
  const tail = (measured === '' ? '' : `; ${measured}`) + raise
  return `${facts.source}: ${facts.structure} at ${hex(facts.offset)}${outer}: ${field}${detail}${tail}`
}

/** A 64-bit field above 2^53 is known only roughly, and must not look exact. */
function shown(value: string | number): string {
  return typeof value === 'number' && value > Number.MAX_SAFE_INTEGER ? 'more than 2^53' : String(value)
}

/** 0x1f00: how offsets are written in messages. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`
}

/** The error, if it says that a file cannot be read; a mistake of our own is thrown on. */
export function asFormatError(error: unknown): FormatError {
  if (error instanceof FormatError) return error
  throw error
}
