import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  byOption,
  deepOption,
  imageOptions,
  manyOptions,
  minOption,
  optionalReferences,
  pageOptions,
  REPORT_FORMATS,
  referenceOptions,
  rootOption,
  sortOption,
} from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const reportDefinition = {
  describe: 'what takes the space in the image (the default)',
  group: 'look',
  examples: [
    ['isoscope nixos.iso -n 0 -s unpacked', 'all store paths, by unpacked size'],
    ['isoscope nixos.iso -o base.json -o report.md', 'save it, for programs and people'],
    ['isoscope nixos.iso --in initrd', 'the report of an image inside'],
    ['isoscope *.iso -o owners.parquet', 'a table of many images, for DuckDB and others'],
    ['find . -name "*.iso" | isoscope --files-from -', 'rows of many images, as ndjson'],
  ],
  positionals: [{ ...IMAGE, name: 'images', what: 'an image', required: false, variadic: true }],
  options: {
    top: {
      alias: 'n',
      type: 'number',
      describe: 'rows to show; 0 for all; by default as many as fit on the terminal, and 20 elsewhere',
    },
    ...sortOption(['own', 'retained', 'closure', 'unpacked', 'files', 'name'], 'own', 'order of the rows'),
    ...byOption('path, or directory if there are none'),
    ...minOption('0', 'sum up rows smaller than this (100K, 5MiB); csv, tsv and ndjson leave them out'),
    ...pageOptions,
    format: {
      ...pageOptions.format,
      choices: REPORT_FORMATS,
      describe: `${pageOptions.format.describe}; parquet needs -o`,
    },
    output: {
      ...pageOptions.output,
      describe: pageOptions.output.describe
        .replace('.tsv;', '.tsv, .parquet;')
        .replace('all with .gz', 'text with .gz'),
    },
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...deepOption,
    ...manyOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type ReportArguments = ArgumentsOf<typeof reportDefinition>
