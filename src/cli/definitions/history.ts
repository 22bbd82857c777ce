import { HISTORY_GROUPINGS } from '../../analyses/grouping.ts'
import { IMAGE_ORDERS } from '../../analyses/image-order.ts'
import type { ArgumentsOf, Definition } from '../definition.ts'
import { minOption, optionalReferences, pageOptions, referenceOptions } from '../options.ts'

export const historyDefinition = {
  describe: 'how images became larger or smaller, one after the other',
  group: 'compare',
  examples: [
    ['isoscope history releases/*.iso', 'a size for each, and what caused the largest steps'],
    ['isoscope history reports/ -o history.html', 'a page of all saved reports and images in a directory'],
    ['isoscope history dataset/', 'of a dataset that --output-dir wrote with -f parquet'],
    ['isoscope history a.json b.json c.iso --order given', 'in the order of the command line'],
  ],
  positionals: [
    {
      name: 'images',
      what: 'an image',
      describe: 'images, saved reports, datasets of Parquet, and directories that hold such files',
      required: true,
      completes: 'file',
      variadic: true,
    },
  ],
  options: {
    order: {
      type: 'string',
      choices: IMAGE_ORDERS,
      describe:
        'order of the images; version: in the label of NixOS, the volume ID, the file name; date: in the image; by default the first that all have',
    },
    by: {
      type: 'string',
      choices: HISTORY_GROUPINGS,
      describe:
        'what the changes are of, as in diff; lines are of regions for region, else of packages; by default path',
    },
    top: {
      alias: 'n',
      type: 'number',
      default: 10,
      describe: 'steps and lines to show, the largest; 0 for all; formats for programs have all',
    },
    sort: {
      alias: 's',
      type: 'string',
      choices: ['size', 'delta', 'ownerCount'],
      describe: 'order of the rows; that of the images by default',
    },
    ...minOption('8K', 'sum up causes that are smaller than this (100K, 5MiB; 0 for none)'),
    ...pageOptions,
    ...referenceOptions,
    ...optionalReferences,
  },
} as const satisfies Definition

export type HistoryArguments = ArgumentsOf<typeof historyDefinition>
