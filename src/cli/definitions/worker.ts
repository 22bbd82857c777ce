import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  limitOption,
  manyOptions,
  noiseOptions,
  optionalReferences,
  queueOptions,
  referenceOptions,
  serverOption,
} from '../options.ts'

export const workerDefinition = {
  describe: 'report on the images of a queue, until a signal ends it',
  group: 'more',
  examples: [
    ['isoscope worker --redis redis://localhost --output-dir reports', 'one of any number of workers'],
    ['isoscope worker --output-dir reports --images-at-once 4', 'four images at a time, from the Redis of $REDIS_URL'],
  ],
  positionals: [],
  options: {
    ...queueOptions,
    'output-dir': { ...manyOptions['output-dir'], demandOption: true },
    format: {
      alias: 'f',
      type: 'string',
      choices: ['ndjson', 'json', 'csv', 'tsv', 'parquet'],
      default: 'ndjson',
      describe: 'the format of the files',
    },
    'images-at-once': manyOptions['images-at-once'],
    'summary-every': {
      type: 'number',
      default: 60,
      describe: 'seconds between two summaries on stdout, beside a line for each image; 0 for one at the end',
    },
    references: optionalReferences.references,
    jobs: referenceOptions.jobs,
    ...limitOption,
    ...serverOption,
    ...noiseOptions,
  },
} as const satisfies Definition

export type WorkerArguments = ArgumentsOf<typeof workerDefinition>
