import { OWNER_SORT_KEYS } from '../../views/owners.ts'
import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  colorOptions,
  deepOption,
  fullPathsOption,
  imageOptions,
  optionalReferences,
  referenceOptions,
  rootOption,
  unitOptions,
  wideOption,
} from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const reportDefinition = {
  describe: 'report: what takes the space in the image (the default)',
  positionals: [{ ...IMAGE, name: 'images', what: 'an image', variadic: true }],
  options: {
    top: { alias: 'n', type: 'number', default: 20, describe: 'store paths to show; 0 for all' },
    sort: {
      alias: 's',
      type: 'string',
      choices: OWNER_SORT_KEYS,
      default: 'own',
      describe: 'order of the store paths',
    },
    min: {
      type: 'string',
      default: '0',
      describe: 'sum up store paths smaller than this (100K, 5MiB)',
    },
    output: {
      alias: 'o',
      type: 'string',
      array: true,
      describe:
        'save it by extension: .json (to be given in place of the image), .ndjson, .csv, .tsv, .md; all with .gz too; - is stdout; repeats',
    },
    format: {
      alias: 'f',
      type: 'string',
      choices: ['text', 'json', 'ndjson', 'csv', 'tsv', 'md'],
      conflicts: 'json',
      describe: 'text by default; ndjson, csv and tsv have a line for each owner of bytes, of several images too',
    },
    json: { type: 'boolean', describe: 'the same as --format json; sizes in bytes' },
    ...unitOptions,
    ...wideOption,
    ...fullPathsOption,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...deepOption,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type ReportArguments = ArgumentsOf<typeof reportDefinition>
