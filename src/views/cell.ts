import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/**
 * A value in a table or a sentence, as plain data. It is neither formatted nor escaped: whoever draws it knows the unit,
 * the width and what is safe.
 */
export type Cell =
  /** There is no value: null in JSON. */
  | { readonly kind: 'missing' }
  /** There cannot be a value, as for the files of padding: a dash. */
  | { readonly kind: 'inapplicable' }
  | BytesCell
  /** Bytes more than before, or fewer if negative. */
  | { readonly kind: 'change'; readonly bytes: number; readonly isEstimate?: true }
  | { readonly kind: 'count'; readonly count: number }
  /** `isChange` has a sign. */
  | { readonly kind: 'share'; readonly part: number; readonly whole: number; readonly isChange?: true }
  /** The same share, for the eye. Only a screen shows it. */
  | { readonly kind: 'bar'; readonly part: number; readonly whole: number }
  /** Numbers as a line, from the least to the most of them. Only people get it. */
  | { readonly kind: 'sparkline'; readonly numbers: readonly number[] }
  | { readonly kind: 'percent'; readonly percent: number; readonly isChange?: true }
  | MeasuredCell
  | { readonly kind: 'flag'; readonly isSet: boolean }
  | NameCell
  | ReferenceCell
  /** Text that may come from an image. */
  | { readonly kind: 'text'; readonly text: string }
  /** Several names, such as the other paths of a hard-linked file. */
  | { readonly kind: 'names'; readonly names: readonly NameCell[] }
  | { readonly kind: 'words'; readonly words: Words }
  /** What a person may paste, such as a line of a configuration. */
  | { readonly kind: 'code'; readonly text: string }
  /** Several wordings of the same, longest first. The first one that fits is shown. */
  | { readonly kind: 'wordings'; readonly wordings: readonly Words[] }
  | Lines
  | ChainCell
  | ExcerptCell
  | StatusCell

export interface BytesCell {
  readonly kind: 'bytes'
  readonly bytes: number
  /** `about` for what a rebuild would bring, and `exact` for a size that is also told to the byte. */
  readonly precision?: 'about' | 'exact'
}

/** A name or a path from an image. */
export interface NameCell {
  readonly kind: 'name'
  /** What people call it: "perl-5.42.0". */
  readonly short: ByteString
  /** The same if there is little room. */
  readonly shorter?: ByteString
  /** Its full name, if that is another: "/nix/store/hash-perl-5.42.0". */
  readonly full?: ByteString
}

/** A reference between two names. */
export interface ReferenceCell {
  readonly kind: 'reference'
  readonly from: NameCell
  readonly to: NameCell
  /** How many more references lead to the second name. */
  readonly more: number
}

/** A name, and the names that lead to it, nearest first: "zlib-1.3.1 ← nix-2.31.2 (+3) ← system-path". */
export interface ChainCell {
  readonly kind: 'chain'
  readonly name: NameCell
  /** What stands right behind the name: " *". */
  readonly mark: string
  readonly links: readonly NameCell[]
  /** How many other names lead to the first one as well. */
  readonly more: number
  /** What the name takes, which stands behind it. */
  readonly size?: Cell
}

/** Bytes against their limit: "402.3 MiB ≤ 480.0 MiB". */
export interface MeasuredCell {
  readonly kind: 'measured'
  readonly bytes: number
  readonly limit: number
  /** Whether both are differences. */
  readonly isChange: boolean
  readonly isWithin: boolean
}

/** How something was judged. */
export interface StatusCell {
  readonly kind: 'status'
  readonly sign: Sign
  /** The word for programs: "unmeasured". */
  readonly status: string
}

/** What people see of a status: PASS, FAIL. `note` is for what is no fault. */
export type Sign = 'pass' | 'fail' | 'skip' | 'error' | 'note'

/** A part of some content, with what stands around it. All of it comes from an image. */
export interface ExcerptCell {
  readonly kind: 'excerpt'
  readonly before: ByteString
  readonly match: ByteString
  readonly after: ByteString
}

/** Lines of a section, or of a cell that has several. */
export interface Lines {
  readonly kind: 'lines'
  readonly lines: readonly Line[]
}

/** A line of phrases, which a narrow screen breaks between them. */
export interface Line {
  readonly phrases: readonly Words[]
  /** What ends a phrase that another one follows; " ·" if nothing is said. */
  readonly between?: string
  /** Levels by which it stands below another line. */
  readonly indent?: number
  /** Whether a narrow screen breaks it between words, and shortens no name in it. */
  readonly isProse?: true
  readonly tone?: Tone
}

/** Whether something got better or worse, which a screen tells by colour, too. */
export type Tone = 'better' | 'worse'

/** A sentence: our own words, which are safe everywhere, and values. */
export type Words = readonly (string | Cell)[]

export const MISSING: Cell = { kind: 'missing' }
export const INAPPLICABLE: Cell = { kind: 'inapplicable' }

export function bytes(count: number): BytesCell {
  return { kind: 'bytes', bytes: count }
}

/** Bytes as an estimate: "≈ 12.1 MiB". */
export function about(count: number): BytesCell {
  return { kind: 'bytes', bytes: count, precision: 'about' }
}

/** Bytes also told exactly: "2.0 MiB   2,097,152 bytes". */
export function exactly(count: number): BytesCell {
  return { kind: 'bytes', bytes: count, precision: 'exact' }
}

export function optionalBytes(count: number | undefined): Cell {
  return count === undefined ? MISSING : bytes(count)
}

export function change(difference: number): Cell {
  return { kind: 'change', bytes: difference }
}

export function count(number: number): Cell {
  return { kind: 'count', count: number }
}

export function optionalCount(number: number | undefined): Cell {
  return number === undefined ? MISSING : count(number)
}

export function share(part: number, whole: number): Cell {
  return { kind: 'share', part, whole }
}

export function name(short: ByteString, full?: ByteString): NameCell {
  return full === undefined || full === short ? { kind: 'name', short } : { kind: 'name', short, full }
}

export function text(value: string | null | undefined): Cell {
  return value === undefined || value === null ? MISSING : { kind: 'text', text: value }
}

export function words(...parts: Words): Cell {
  return { kind: 'words', words: parts }
}

/** A name that stays short where others are written in full. */
export function brief({ full: _, ...cell }: NameCell): NameCell {
  return cell
}

/** A line of a configuration, or a command. */
export function code(line: string): Cell {
  return { kind: 'code', text: line }
}

/** A line of phrases, which may take several lines of a narrow column. */
export function phrases(...some: readonly Words[]): Lines {
  return { kind: 'lines', lines: [{ phrases: some }] }
}

/** "1 path", "1,234 paths". */
export function plural(number: number, one: string, many = `${one}s`): Words {
  return [count(number), ` ${number === 1 ? one : many}`]
}

/** Sentences or phrases with a text between them. */
export function joined(parts: readonly Words[], between: string): Words {
  return parts.flatMap((part, index) => (index === 0 ? part : [between, ...part]))
}
