import type { Options } from 'yargs'
import { DIFF_FILTERS } from '../analyses/fold-diff.ts'
import type { CommandName } from './command-names.ts'
import type { CatArguments } from './commands/cat.ts'
import type { CheckArguments } from './commands/check.ts'
import type { DiffArguments } from './commands/diff.ts'
import type { ExportArguments } from './commands/export.ts'
import type { LsArguments } from './commands/ls.ts'
import type { ReferencesArguments } from './commands/references.ts'
import type { ReportArguments } from './commands/report.ts'
import type { TreeArguments } from './commands/tree.ts'
import type { WhyArguments } from './commands/why.ts'
import type { WhyDependsArguments } from './commands/why-depends.ts'
import type { ExitCode } from './exit-codes.ts'
import {
  colorOptions,
  imageOptions,
  jsonOption,
  optionalReferences,
  referenceOptions,
  rootOption,
  treeOption,
  unitOptions,
} from './options.ts'

/** A positional argument. */
export interface Positional {
  readonly name: string
  /** What it is, for a sentence: "an image". */
  readonly what: string
  readonly describe: string
  readonly required: boolean
  /** Whether it takes all that follows, as an array. Only the last one may. */
  readonly variadic?: boolean
}

/** A command: what it takes, and what it does with it. */
export interface Command {
  readonly describe: string
  readonly positionals: readonly Positional[]
  readonly options: Readonly<Record<string, Options>>
  run(values: Readonly<Record<string, unknown>>): Promise<ExitCode>
}

/** Rules may be given several times. */
const rules = { type: 'string', array: true, requiresArg: true } as const

const IMAGE: Positional = {
  name: 'image',
  what: 'an image',
  describe: 'an ISO9660 image, a squashfs, an AppImage, a SIF, or a saved report',
  required: true,
}

/** Of commands about contents, which a saved report has not. */
const IMAGE_ITSELF: Positional = { ...IMAGE, describe: 'an ISO9660 image, a squashfs, an AppImage or a SIF' }

/**
 * The commands by name; `report` is meant where the first word is none of them. Each is loaded when it is run: a
 * program this small spends most of its time loading.
 */
export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  report: {
    describe: 'report: what takes how much of the image (the default)',
    positionals: [{ ...IMAGE, name: 'images', what: 'an image', variadic: true }],
    options: {
      top: { alias: 'n', type: 'number', default: 20, requiresArg: true, describe: 'store paths to show; 0 for all' },
      sort: {
        alias: 's',
        type: 'string',
        choices: ['own', 'retained', 'closure', 'unpacked', 'files', 'name'],
        default: 'own',
        requiresArg: true,
        describe: 'order of the store paths',
      },
      min: {
        type: 'string',
        default: '0',
        requiresArg: true,
        describe: 'sum up store paths smaller than this (100K, 5MiB)',
      },
      output: {
        alias: 'o',
        type: 'string',
        array: true,
        requiresArg: true,
        describe:
          'save it by extension: .json (to be given in place of the image), .ndjson, .csv, .tsv, .md; all with .gz too; - is stdout; repeats',
      },
      format: {
        alias: 'f',
        type: 'string',
        choices: ['text', 'json', 'ndjson', 'csv', 'tsv', 'md'],
        conflicts: 'json',
        requiresArg: true,
        describe: 'text by default; ndjson, csv and tsv have a line for each owner of bytes, of several images too',
      },
      json: { type: 'boolean', describe: 'the same as --format json; sizes in bytes' },
      ...unitOptions,
      wide: { alias: 'w', type: 'boolean', describe: 'do not shorten names to the terminal' },
      'full-paths': { type: 'boolean', describe: 'store paths in full, with hashes' },
      ...rootOption,
      ...referenceOptions,
      ...optionalReferences,
      ...colorOptions,
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/report.ts')).runReport(values as unknown as ReportArguments),
  },
  ls: {
    describe: 'list a directory of the image, or an image inside it',
    positionals: [
      IMAGE_ITSELF,
      {
        name: 'path',
        what: 'a path in it',
        describe: 'a path in the image; it may lead into an image inside',
        required: false,
      },
    ],
    options: {
      recursive: { alias: 'R', type: 'boolean', describe: 'everything below, images inside an ISO included' },
      long: { alias: 'l', type: 'boolean', describe: 'type, mode, owner, size, stored size, time (UTC), target' },
      json: { type: 'boolean', describe: 'one JSON object a line' },
      extents: { type: 'boolean', describe: 'with -l: where in the image each file lies (--json has it always)' },
      ...treeOption,
      ...unitOptions,
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/ls.ts')).runLs(values as unknown as LsArguments),
  },
  cat: {
    describe: 'write the content of a file of the image to stdout',
    positionals: [
      IMAGE_ITSELF,
      { name: 'path', what: 'the path of a file in it', describe: 'a regular file in the image', required: true },
    ],
    options: { ...treeOption, ...imageOptions },
    run: async (values) => (await import('./commands/cat.ts')).runCat(values as unknown as CatArguments),
  },
  why: {
    describe: 'why store paths are there, and what would rid the image of them',
    positionals: [
      IMAGE,
      {
        name: 'names',
        what: 'the name of a store path',
        describe: 'store paths, parts of their hashes or names',
        required: true,
        variadic: true,
      },
    ],
    options: {
      all: { alias: 'a', type: 'boolean', describe: 'all routes, and whole lists' },
      excerpts: { alias: 'e', type: 'boolean', describe: 'what stands around each reference' },
      to: { type: 'string', requiresArg: true, describe: 'only routes that come from this store path' },
      ...jsonOption,
      ...unitOptions,
      'full-paths': { type: 'boolean', describe: 'store paths in full, with hashes' },
      ...rootOption,
      ...referenceOptions,
      ...colorOptions,
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/why.ts')).runWhy(values as unknown as WhyArguments),
  },
  'why-depends': {
    describe: 'how one store path depends on another, as nix why-depends tells it',
    positionals: [
      IMAGE,
      {
        name: 'from',
        what: 'a store path to begin at',
        describe: 'store path to begin at; the system when it is left out',
        required: false,
      },
      {
        name: 'to',
        what: 'the name of a store path',
        describe: 'the path it may depend on: a store path, part of its hash or name',
        required: true,
      },
    ],
    options: {
      all: { alias: 'a', type: 'boolean', describe: 'all routes, not one' },
      precise: { alias: 'p', type: 'boolean', describe: 'with the files that hold the references' },
      ...referenceOptions,
      ...colorOptions,
      ...imageOptions,
    },
    run: async (values) =>
      (await import('./commands/why-depends.ts')).runWhyDepends(values as unknown as WhyDependsArguments),
  },
  tree: {
    describe: 'which store path holds which, and what would go with it',
    positionals: [IMAGE],
    options: {
      depth: { alias: 'd', type: 'number', default: 2, requiresArg: true, describe: 'levels below the roots' },
      top: { alias: 'n', type: 'number', default: 10, requiresArg: true, describe: 'rows below each path; 0 for all' },
      min: { type: 'string', default: '0', requiresArg: true, describe: 'sum up what retains less (100K, 5MiB)' },
      ...jsonOption,
      ...unitOptions,
      'full-paths': { type: 'boolean', describe: 'store paths in full, with hashes' },
      ...rootOption,
      ...referenceOptions,
      ...colorOptions,
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/tree.ts')).runTree(values as unknown as TreeArguments),
  },
  diff: {
    describe: 'what changed from one image to another, to the byte',
    positionals: [
      { name: 'old', what: 'the old image', describe: 'an image, or a saved report', required: true },
      { name: 'new', what: 'the new image', describe: 'an image, or a saved report', required: true },
      {
        name: 'path',
        what: 'a store path',
        describe: 'a store path, to see which of its files changed',
        required: false,
      },
    ],
    options: {
      by: {
        type: 'string',
        choices: ['path', 'package', 'region'],
        default: 'path',
        requiresArg: true,
        describe: 'what the rows are of',
      },
      only: { type: 'string', choices: [...DIFF_FILTERS], requiresArg: true, describe: 'only rows of this kind' },
      min: {
        type: 'string',
        default: '8K',
        requiresArg: true,
        describe: 'sum up smaller changes (100K, 5MiB; 0 for none)',
      },
      top: { alias: 'n', type: 'number', default: 20, requiresArg: true, describe: 'rows to show; 0 for all' },
      rebuilt: { type: 'boolean', describe: 'show what was rebuilt with the same version too' },
      content: { type: 'boolean', describe: 'compare contents too, of what has the same names and sizes' },
      'exit-code': { type: 'boolean', describe: 'end with 1 when anything differs; contents are compared for that' },
      ...jsonOption,
      md: { type: 'boolean', conflicts: 'json', describe: 'Markdown, for a comment on a pull request' },
      ...unitOptions,
      wide: { alias: 'w', type: 'boolean', describe: 'do not shorten names to the terminal' },
      ...rootOption,
      ...referenceOptions,
      ...optionalReferences,
      jobs: { ...referenceOptions.jobs, describe: 'threads to scan and to compare contents; all by default' },
      ...colorOptions,
    },
    run: async (values) => (await import('./commands/diff.ts')).runDiff(values as unknown as DiffArguments),
  },
  check: {
    describe: 'whether an image keeps to limits and rules: exit code 1 when not, 2 when any was not measured',
    positionals: [IMAGE],
    options: {
      base: { type: 'string', requiresArg: true, describe: 'an image or a saved report to measure growth from' },
      config: { type: 'string', requiresArg: true, describe: 'rules; isoscope.config.json here or above by default' },
      max: { ...rules, describe: 'the most bytes: 480MiB, or squashfs=, initrd=, path:GLOB=, group:NAME=' },
      'max-growth': { ...rules, describe: 'the most it may grow over the base: 5MiB, or initrd=1MiB' },
      'max-growth-percent': { ...rules, describe: 'the same, in percent of the base' },
      forbid: { ...rules, describe: 'store paths that are not to be there: *-dev' },
      'no-duplicates': { ...rules, describe: 'packages that are to be there in one version: openssl, or *' },
      ...jsonOption,
      md: { type: 'boolean', conflicts: 'json', describe: 'Markdown, for a comment on a pull request' },
      ...unitOptions,
      ...rootOption,
      ...referenceOptions,
      ...optionalReferences,
      ...colorOptions,
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/check.ts')).runCheck(values as unknown as CheckArguments),
  },
  export: {
    describe: 'an image for other programs to show',
    positionals: [{ ...IMAGE, describe: 'an image; for dot also a saved report' }],
    options: {
      format: {
        alias: 'f',
        type: 'string',
        choices: ['ncdu', 'dot'],
        demandOption: true,
        requiresArg: true,
        describe: 'ncdu: files, for ncdu -f-; dot: references, for Graphviz',
      },
      ...forDot({ ...unitOptions, ...rootOption, ...referenceOptions }),
      ...imageOptions,
    },
    run: async (values) => (await import('./commands/export.ts')).runExport(values as unknown as ExportArguments),
  },
  refs: referencesCommand('references', 'what a store path refers to'),
  referrers: referencesCommand('referrers', 'what refers to a store path'),
}

/** Options that mean nothing to ncdu. */
function forDot(options: Readonly<Record<string, Options>>): Readonly<Record<string, Options>> {
  const described = Object.entries(options).map(([key, option]) => [
    key,
    { ...option, describe: `dot: ${option.describe}` },
  ])
  return Object.fromEntries(described)
}

function referencesCommand(side: 'references' | 'referrers', describe: string): Command {
  return {
    describe,
    positionals: [
      IMAGE,
      {
        name: 'path',
        what: 'the name of a store path',
        describe: 'a store path, part of its hash or name',
        required: true,
      },
    ],
    options: {
      ...jsonOption,
      ...unitOptions,
      'full-paths': { type: 'boolean', describe: 'store paths in full, with hashes' },
      ...rootOption,
      ...referenceOptions,
      ...imageOptions,
    },
    run: async (values) =>
      (await import('./commands/references.ts')).runReferences(side, values as unknown as ReferencesArguments),
  }
}
