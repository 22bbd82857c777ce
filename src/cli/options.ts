import { GROUPINGS } from '../analyses/grouping.ts'
import { TABLES } from '../views/table-names.ts'
import type { Options } from './definition.ts'

/** Options of every command, besides its own and --help. */
export const commonOptions = {
  version: { alias: 'V', type: 'boolean', describe: 'version; with --verbose also how decoders run' },
  'parser-limits': { type: 'boolean', hidden: true, describe: 'the limits that --parser-limit sets' },
} as const satisfies Options

/** For users who hit a limit. The message about the limit names this option; the help does not. */
export const limitOption = {
  'parser-limit': {
    type: 'string',
    array: true,
    hidden: true,
    describe: 'NAME=VALUE, of those that --parser-limits lists; repeats',
  },
} as const satisfies Options

/** For images on servers. */
export const serverOption = {
  header: {
    type: 'string',
    array: true,
    describe: '"NAME: VALUE" for the server of a URL; repeats',
  },
  download: { type: 'boolean', describe: 'take all of a URL first, instead of parts' },
} as const satisfies Options

export const noiseOptions = {
  quiet: {
    alias: 'q',
    type: 'boolean',
    conflicts: 'verbose',
    describe: 'no progress and no notes on stderr, only errors',
  },
  verbose: {
    alias: 'v',
    type: 'boolean',
    describe: 'more about problems and leftovers: each with its place; twice: a time line',
  },
} as const satisfies Options

/** For commands that can answer for an image inside. */
export const insideOption = {
  in: { type: 'string', describe: 'an image inside: its path or region; initrd, kernel, efi' },
} as const satisfies Options

/** Options of every command that opens an image. */
export const imageOptions = {
  offset: {
    type: 'string',
    describe: 'where an image begins in the file, in bytes (4096, 4K)',
  },
  ...insideOption,
  ...limitOption,
  ...serverOption,
  ...noiseOptions,
} as const satisfies Options

/** For commands that show an ISO by its paths. */
export const treeOption = {
  tree: {
    type: 'string',
    choices: ['rockridge', 'joliet', 'enhanced', 'plain'],
    describe: 'which directory tree of an ISO to use; the most complete by default',
  },
} as const satisfies Options

/** Options of every command that answers from a survey. */
const surveyOptions = {
  'no-cache': { type: 'boolean', describe: 'ignore the cache, and do not write it' },
  ...limitOption,
  ...serverOption,
  ...noiseOptions,
} as const satisfies Options

/** How we show byte counts. */
export const unitOptions = {
  si: { type: 'boolean', conflicts: 'bytes', describe: 'sizes in powers of 1000 (MB) instead of 1024 (MiB)' },
  bytes: { type: 'boolean', describe: 'sizes in plain bytes' },
} as const satisfies Options

export const colorOptions = {
  color: {
    type: 'string',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    describe: 'auto: on a terminal, unless NO_COLOR is set',
  },
  'no-color': { type: 'boolean', describe: 'the same as --color never' },
} as const satisfies Options

/** For commands whose output may be longer than a screen. */
export const pagerOption = {
  'no-pager': { type: 'boolean', describe: 'no $PAGER for long output' },
} as const satisfies Options

/** The formats of everything that is a table. */
export const FORMATS = ['text', 'json', 'ndjson', 'csv', 'tsv', 'md'] as const

/** Of every command that prints a table: the format, where it goes, and how it looks. */
export const tableOptions = {
  format: {
    alias: 'f',
    type: 'string',
    choices: FORMATS,
    conflicts: 'json',
    describe: 'text by default; ndjson, csv and tsv have a line for each row, with sizes in bytes',
  },
  json: { type: 'boolean', describe: 'the same as --format json' },
  output: {
    alias: 'o',
    type: 'string',
    completes: 'file',
    array: true,
    describe: 'save it by extension: .txt, .md, .json, .ndjson, .csv, .tsv; all with .gz too; - is stdout; repeats',
  },
  ...unitOptions,
  wide: { alias: 'w', type: 'boolean', describe: 'do not shorten names to the terminal' },
  'full-paths': { type: 'boolean', describe: 'store paths in full, with hashes' },
  ...colorOptions,
  ...pagerOption,
} as const satisfies Options

/** The formats of what a page can show too. */
export const PAGE_FORMATS = [...FORMATS, 'html'] as const

/** The formats of the report, which can also be a table of a dataset. */
export const REPORT_FORMATS = [...PAGE_FORMATS, 'parquet'] as const

/** The same for commands whose answer can be looked at in a page. */
export const pageOptions = {
  ...tableOptions,
  format: {
    ...tableOptions.format,
    choices: PAGE_FORMATS,
    describe:
      'text by default; html is a page to look around in; ndjson, csv and tsv have a line for each row, in bytes',
  },
  output: {
    ...tableOptions.output,
    describe: tableOptions.output.describe.replace('.md,', '.md, .html,'),
  },
} as const satisfies Options

/** For commands that write one document. */
export const documentOption = {
  output: {
    alias: 'o',
    type: 'string',
    completes: 'file',
    default: '-',
    describe: 'the file to write, compressed if it ends in .gz; - is stdout',
  },
} as const satisfies Options

/** How many rows to show. */
export function topOption<const Rows extends number>(rows: Rows, describe: string) {
  return { top: { alias: 'n', type: 'number', default: rows, describe } } as const satisfies Options
}

/** What rows are sorted by: one of the ids of their columns. */
export function sortOption<const Key extends string>(choices: readonly string[], key: Key, describe: string) {
  return { sort: { alias: 's', type: 'string', choices, default: key, describe } } as const satisfies Options
}

/** From which size on rows are shown. */
export function minOption<const Size extends string>(size: Size, describe: string) {
  return { min: { type: 'string', default: size, describe } } as const satisfies Options
}

/** The same for a list that is shown whole, and in its own order, unless the user wants it otherwise. */
export function listOptions(keys: readonly string[], what: string) {
  return {
    top: { alias: 'n', type: 'number', describe: `${what} to show; 0 for all, as by default` },
    sort: { alias: 's', type: 'string', choices: keys, describe: `order of the ${what}; unsorted by default` },
    min: { type: 'string', describe: `sum up ${what} that are smaller (100K, 5MiB)` },
  } as const satisfies Options
}

/**
 * What rows are of. The words mean the same in every command.
 * @param usual what they are of where the user does not say
 */
export function byOption<const Usual extends string>(usual: Usual) {
  const describe = `what the rows are; path: each store path or package; package: all versions and outputs of one; by default ${usual}`
  return { by: { type: 'string', choices: GROUPINGS, describe } } as const satisfies Options
}

/** For commands that tell of compressed content. */
export const deepOption = {
  deep: { type: 'boolean', describe: 'look into all files, and for references in compressed content' },
} as const satisfies Options

/** The root of the image. */
export const rootOption = {
  root: { type: 'string', completes: 'storePath', describe: 'take this store path or package for the only root' },
} as const satisfies Options

/** For commands that read contents in threads. */
export const jobsOption = {
  jobs: { alias: 'j', type: 'number', describe: 'threads; all by default' },
} as const satisfies Options

/** For commands that answer about many images, one after the other. */
export const manyOptions = {
  'files-from': {
    type: 'string',
    completes: 'file',
    describe: 'a list of images, separated by lines or NUL; - is stdin; ndjson by default',
  },
  'images-at-once': {
    type: 'number',
    default: 1,
    describe: 'how many images to read at the same time, in a process each; --jobs: threads of one',
  },
  'output-dir': {
    type: 'string',
    completes: 'directory',
    describe: 'a file for each image, named after its bytes: ndjson, json, csv, tsv; four of parquet',
  },
  table: {
    type: 'string',
    choices: TABLES,
    describe: 'which table of Parquet to write, of the four that --output-dir writes; owners by default',
  },
  resume: { type: 'boolean', describe: 'leave images alone whose file is in the --output-dir' },
} as const satisfies Options

/** For commands about a queue of images. */
export const queueOptions = {
  redis: {
    type: 'string',
    describe: 'redis://HOST:PORT, rediss://HOST:PORT, or a socket; by default $REDIS_URL, which hides a password',
  },
  queue: { type: 'string', default: 'isoscope', describe: 'the name of the queue' },
} as const satisfies Options

/** Options of every command about references. */
export const referenceOptions = {
  references: {
    type: 'string',
    choices: ['auto', 'registration', 'scan'],
    default: 'auto',
    describe: 'where references come from; auto: nix-path-registration, else a scan',
  },
  jobs: { alias: 'j', type: 'number', describe: 'threads for a scan; all by default' },
  ...surveyOptions,
} as const satisfies Options

/** Options of every command that tells store paths and their references as text or JSON. */
export const storeOptions = {
  ...tableOptions,
  ...rootOption,
  ...referenceOptions,
} as const satisfies Options

/** For commands that have an answer without references too. */
export const optionalReferences = {
  references: {
    ...referenceOptions.references,
    choices: [...referenceOptions.references.choices, 'none'],
    describe: 'where references come from; auto: nix-path-registration, else a scan; none: only sizes',
  },
} as const satisfies Options
