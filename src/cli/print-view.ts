import { extname } from 'node:path'
import type { TextStyle } from '../present/text/style.ts'
import type { Unit } from '../present/units.ts'
import type { Rows, View } from '../views/view.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { styleOf, unitOf } from './option-values.ts'
import { FORMATS, PAGE_FORMATS, type REPORT_FORMATS, type tableOptions } from './options.ts'
import { joinLines, joinPieces, writeOut } from './output.ts'
import { readVersion } from './version.ts'
import { writeFileWhole } from './write-file.ts'

export type Format = (typeof REPORT_FORMATS)[number]

/** The options of every command that prints a table. */
export interface TableArguments extends Omit<ValuesOf<typeof tableOptions>, 'format'> {
  readonly format?: Format | undefined
  /** Rows to show; 0 for all, which may be more than a screen has. */
  readonly top?: number | undefined
}

/** A view that can also be written as JSON. */
export interface Printable<Row> extends View<Row> {
  /** @param saved whether it goes to a file, which may be read in place of the image */
  json(saved: boolean): Iterable<string>
  /** The lines of NDJSON, if they say what no column does. */
  jsonLines?(): Iterable<string>
  /**
   * The sections that a terminal of this height has room for, one line of which is the prompt's. Without it, everything is
   * shown.
   */
  fitted?(drawing: Drawing, height: number): Iterable<string>
  /** Whether the user asked for output that may be longer than a screen, as with `-n 0`. */
  readonly isLong?: boolean
  /** The page that shows it, for commands that have one. */
  page?(): Promise<Iterable<string>>
  /** What a program finds its own earlier comment by, in Markdown. */
  readonly marker?: string
}

/** How something is drawn. */
export interface Drawing {
  readonly style: TextStyle
  readonly unit: Unit
  readonly fullPaths: boolean
}

/** Where an answer goes, and in which formats. */
export interface Destinations {
  /** The format on stdout; absent if nothing goes there. */
  readonly stdout?: Format
  readonly files: readonly { readonly path: string; readonly format: Format }[]
}

/** The output name that means stdout. */
const STDOUT = '-'

/**
 * Where the options send an answer. The extension of a file decides its format; `--format` decides that of a file
 * without a known one, and of stdout if no file has it.
 * @param formats those of the answer
 * @throws {UsageError} if the format of a file is not known, or if a page would go to a terminal
 */
export function destinationsOf(
  { json, format: given, output = [] }: TableArguments,
  formats: readonly Format[] = FORMATS,
): Destinations {
  const formatOf = (path: string): Format | undefined => formatByName(path, formats)
  const format = json === true ? 'json' : given
  if (format === 'html' && !formats.includes('html')) throw new UsageError('--format html: there is no page for this')
  const names = output.filter((path) => path !== STDOUT)
  const files = names.map((path) => ({ path, format: formatOf(path) ?? format ?? unknownFormat(path, formats) }))
  const isForFile = files.some((file) => file.format === format)
  const toStdout = files.length === 0 || output.includes(STDOUT) || (format !== undefined && !isForFile)
  if (toStdout && format === 'html' && !output.includes(STDOUT)) refuseTerminal()
  return toStdout ? { stdout: format ?? 'text', files } : { files }
}

/** @throws {UsageError} if a page would go to a terminal, where nobody can look at it */
export function refuseTerminal(): void {
  if (process.stdout.isTTY) throw new UsageError('a page is for a browser, not for a terminal: add -o page.html')
}

function extensions(formats: readonly Format[]): readonly (readonly [string, Format])[] {
  return formats.map((format) => [format === 'text' ? '.txt' : `.${format}`, format] as const)
}

/** The format of a file by its extension, which may have .gz after it. */
function formatByName(path: string, formats: readonly Format[]): Format | undefined {
  const name = path.replace(/\.gz$/, '')
  return extensions(formats).find(([extension]) => name.endsWith(extension))?.[1]
}

function unknownFormat(path: string, formats: readonly Format[]): never {
  const known = extensions(formats).map(([extension]) => extension)
  const near = nearest(extname(path), known)
  const hint = near === undefined ? `: ${known.join(', ')}, or those with .gz` : `; did you mean ${near}?`
  throw new UsageError(`${path}: its extension does not say in which format${hint}`)
}

/** All formats in which an answer is written. */
export function formatsOf({ stdout, files }: Destinations): readonly Format[] {
  return [...(stdout === undefined ? [] : [stdout]), ...files.map(({ format }) => format)]
}

/** Writes an answer to files and to stdout. */
export async function printView<Row>(
  view: Printable<Row>,
  options: TableArguments,
  { stdout, files }: Destinations = destinationsOf(options, view.page === undefined ? FORMATS : PAGE_FORMATS),
): Promise<void> {
  for (const { path, format } of files) {
    await writeFileWhole(path, await drawn(view, format, options, fileStyle(options), true))
  }
  if (stdout === undefined) return
  const style = styleOf(options.color, options.wide === true)
  const { isTTY, rows = 0 } = process.stdout
  if (view.fitted !== undefined && stdout === 'text' && isTTY && rows > 0 && options.wide !== true) {
    await writeOut(view.fitted({ style, unit: unitOf(options), fullPaths: options.fullPaths === true }, rows))
    return
  }
  const pieces = await drawn(view, stdout, options, style, false)
  const isLong = view.isLong === true || options.top === 0
  // What starts other programs takes a while to load.
  if (isTTY && isLong) await (await import('./pager.ts')).writePaged(pieces, options.noPager !== true)
  else await writeOut(pieces)
}

/** In a file nothing is cut, and it has colour only if the user asks for it. */
function fileStyle({ color }: TableArguments): TextStyle {
  return { width: Number.POSITIVE_INFINITY, color: color === 'always', unicode: true }
}

/** We load each drawer when it draws: the table library takes longer to load than a report takes to make. */
async function drawn<Row>(
  view: Printable<Row>,
  format: Format,
  options: TableArguments,
  style: TextStyle,
  saved: boolean,
): Promise<Iterable<string>> {
  const unit = unitOf(options)
  const fullPaths = options.fullPaths === true
  switch (format) {
    case 'json':
      return view.json(saved)
    case 'html':
      if (view.page === undefined) throw new Error('this command has no page')
      return view.page()
    case 'text': {
      const { sectionsPieces } = await import('../present/text/sections.ts')
      return joinPieces(sectionsPieces(view.sections(), { style, unit, fullPaths }))
    }
    case 'md': {
      const { sectionsMarkdown } = await import('../present/markdown/sections.ts')
      const { marker } = view
      const drawing = { unit, fullPaths, version: readVersion() }
      return [sectionsMarkdown(view.sections(), marker === undefined ? drawing : { ...drawing, marker })]
    }
    case 'parquet':
      throw new Error('a table of Parquet is no view')
    case 'ndjson':
      return view.jsonLines?.() ?? rowLines(view.rows(), format)
    case 'csv':
    case 'tsv':
      return rowLines(view.rows(), format)
  }
}

/** The lines of rows, with the names of the columns first. */
export async function rowLines<Row>(rows: Rows<Row>, format: 'ndjson' | 'csv' | 'tsv'): Promise<Iterable<string>> {
  const { head, pieces } = await rowPieces(rows, format)
  return joinPieces(
    (function* () {
      yield head
      yield* pieces
    })(),
  )
}

/** The same, apart from the line with the names of the columns. */
export async function rowPieces<Row>(
  { columns, rows }: Rows<Row>,
  format: 'ndjson' | 'csv' | 'tsv',
): Promise<{ readonly head: string; readonly pieces: Iterable<string> }> {
  const { headLine, rowLine } = await import('../present/tables/rows.ts')
  return { head: headLine(columns, format), pieces: joinLines(rows, rowLine(columns, format), '') }
}
