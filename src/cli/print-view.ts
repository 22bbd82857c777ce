import type { TextStyle } from '../present/text/style.ts'
import type { Unit } from '../present/units.ts'
import type { Rows, View } from '../views/view.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { styleOf, unitOf } from './option-values.ts'
import { FORMATS, type tableOptions } from './options.ts'
import { joinPieces, writeOut } from './output.ts'
import { readVersion } from './version.ts'
import { writeFileWhole } from './write-file.ts'

export type Format = (typeof FORMATS)[number]

/** The options of every command that prints a table. */
export type TableArguments = ValuesOf<typeof tableOptions>

/** A view that can also be written as JSON. */
export interface Printable<Row> extends View<Row> {
  /** @param saved whether it goes to a file, which may be read in place of the image */
  json(saved: boolean): Iterable<string>
  /** Formats that are more than the sections or the rows. */
  readonly own?: Partial<Readonly<Record<Format, (drawing: Drawing) => Iterable<string>>>>
  /** What a program finds its own earlier comment by, in Markdown. */
  readonly marker?: string
}

/** How something is drawn. */
export interface Drawing {
  readonly style: TextStyle
  readonly unit: Unit
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
 * without a known one, and of stdout.
 * @throws {UsageError} if the format of a file is not known
 */
export function destinationsOf({ json, format: given, output = [] }: TableArguments): Destinations {
  const format = json === true ? 'json' : given
  const names = output.filter((path) => path !== STDOUT)
  const files = names.map((path) => ({ path, format: formatOf(path) ?? format ?? unknownFormat(path) }))
  const isForFile = names.some((path) => formatOf(path) === undefined)
  const toStdout = files.length === 0 || output.includes(STDOUT) || (format !== undefined && !isForFile)
  return toStdout ? { stdout: format ?? 'text', files } : { files }
}

const EXTENSIONS: readonly (readonly [string, Format])[] = [
  ['.txt', 'text'],
  ...FORMATS.filter((format) => format !== 'text').map((format) => [`.${format}`, format] as const),
]

/** The format of a file by its extension, which may have .gz after it. */
function formatOf(path: string): Format | undefined {
  const name = path.replace(/\.gz$/, '')
  return EXTENSIONS.find(([extension]) => name.endsWith(extension))?.[1]
}

function unknownFormat(path: string): never {
  const extensions = EXTENSIONS.map(([extension]) => extension).join(', ')
  throw new UsageError(`${path}: its extension does not say in which format: ${extensions}, or those with .gz`)
}

/** All formats in which an answer is written. */
export function formatsOf({ stdout, files }: Destinations): readonly Format[] {
  return [...(stdout === undefined ? [] : [stdout]), ...files.map(({ format }) => format)]
}

/** Writes an answer to files and to stdout. */
export async function printView<Row>(
  view: Printable<Row>,
  options: TableArguments,
  { stdout, files }: Destinations = destinationsOf(options),
): Promise<void> {
  for (const { path, format } of files) {
    await writeFileWhole(path, await drawn(view, format, options, fileStyle(options), true))
  }
  if (stdout === undefined) return
  await writeOut(await drawn(view, stdout, options, styleOf(options.color, options.wide === true), false))
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
  const writer = view.own?.[format]
  if (writer !== undefined) return writer({ style, unit })
  switch (format) {
    case 'json':
      return view.json(saved)
    case 'text': {
      const { sectionsText } = await import('../present/text/sections.ts')
      return [sectionsText(view.sections(), { style, unit, fullPaths })]
    }
    case 'md': {
      const { sectionsMarkdown } = await import('../present/markdown/sections.ts')
      const { marker } = view
      const drawing = { unit, fullPaths, version: readVersion() }
      return [sectionsMarkdown(view.sections(), marker === undefined ? drawing : { ...drawing, marker })]
    }
    case 'ndjson':
    case 'csv':
    case 'tsv':
      return rowLines(view.rows(), format, true)
  }
}

/**
 * The lines of rows.
 * @param withHead whether the names of the columns come first
 */
export async function rowLines<Row>(
  { columns, rows }: Rows<Row>,
  format: 'ndjson' | 'csv' | 'tsv',
  withHead: boolean,
): Promise<Iterable<string>> {
  const { headLine, rowLine } = await import('../present/tables/rows.ts')
  const line = rowLine(columns, format)
  return joinPieces(
    (function* () {
      if (withHead) yield headLine(columns, format)
      for (const row of rows) yield line(row)
    })(),
  )
}
