/**
 * The kind of problem, as a word that a program can test.
 * `MALFORMED`: the input breaks the specification. `TRUNCATED`: it ends too early. `CHECKSUM`: a checksum differs.
 * `UNSUPPORTED`: it is valid, but we do not read it. `LIMIT`: it exceeds a named limit. `IO`: the system cannot read it.
 */
export type ErrorCode = 'MALFORMED' | 'TRUNCATED' | 'CHECKSUM' | 'UNSUPPORTED' | 'LIMIT' | 'IO'

/** The place and the values of an error, all JSON: tests compare them and `--json` prints them. */
export interface FormatErrorFacts {
  /**
   * The source that we were reading: a file name, or "nix-store.squashfs in image.iso". Codecs know no names and say
   * "input".
   */
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
  /** For a LIMIT that the user can set: its name and value, "depth=2048". */
  readonly limit?: string
  /** For a source that was cut short: the size that its header states. `found` has the actual size. */
  readonly wholeSize?: number
}

/**
 * A file is not a valid instance of its format, or we cannot read it. The message is one sentence for people: source,
 * structure, offset, what is wrong, the found and the expected value.
 */
export class FormatError extends Error {
  override readonly name: string = 'FormatError'
  readonly code: ErrorCode
  /** What is wrong, without the place. */
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

/** A number cannot hold every 64-bit value above 2^53, so we do not print one as if it were exact. */
function shown(value: string | number): string {
  return typeof value === 'number' && value > Number.MAX_SAFE_INTEGER ? 'more than 2^53' : String(value)
}

/** Formats an offset for messages, such as 0x1f00. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`
}

/** Returns a `FormatError`. It rethrows any other error, because that is a bug of our own. */
export function asFormatError(error: unknown): FormatError {
  if (error instanceof FormatError) return error
  throw error
}
