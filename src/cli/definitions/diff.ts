import { DIFF_FILTERS } from '../../analyses/summarise-diff.ts'
import type { ArgumentsOf, Definition } from '../definition.ts'
import { byOption, insideOption, optionalReferences, pageOptions, referenceOptions, rootOption } from '../options.ts'

export const diffDefinition = {
  describe: 'what changed from one image to another, to the byte',
  group: 'compare',
  examples: [
    ['isoscope diff old.iso new.iso', 'what changed, to the byte'],
    ['isoscope diff base.json new.iso -f md', 'a comment for a pull request'],
  ],
  positionals: [
    { name: 'old', what: 'the old image', describe: 'an image, or a saved report', required: true, completes: 'file' },
    { name: 'new', what: 'the new image', describe: 'an image, or a saved report', required: true, completes: 'file' },
    {
      name: 'path',
      what: 'a store path or package',
      describe: 'a store path or package, to see which of its files changed',
      required: false,
    },
  ],
  options: {
    ...byOption('path'),
    only: { type: 'string', choices: DIFF_FILTERS, describe: 'only rows of this kind' },
    top: {
      alias: 'n',
      type: 'number',
      describe: 'rows to show; 0 for all; by default 20, and all files of PATH',
    },
    sort: {
      alias: 's',
      type: 'string',
      choices: ['class', 'name', 'before', 'after', 'delta', 'unpackedDelta'],
      describe: 'order of the rows; by default delta, and name for files',
    },
    min: {
      type: 'string',
      describe: 'sum up smaller changes (100K, 5MiB; 0 for none); by default 8K, and 0 for files',
    },
    rebuilt: { type: 'boolean', describe: 'show what was rebuilt with the same version too' },
    content: { type: 'boolean', describe: 'compare contents too, where names and sizes are the same' },
    'exit-code': { type: 'boolean', describe: 'end with 1 when anything differs; contents are compared for that' },
    ...pageOptions,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    jobs: { ...referenceOptions.jobs, describe: 'threads to scan and to compare contents; all by default' },
    ...insideOption,
  },
} as const satisfies Definition

export type DiffArguments = ArgumentsOf<typeof diffDefinition>
