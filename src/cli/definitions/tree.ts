import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, imageOptions, storeOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const treeDefinition = {
  describe: 'which store path keeps which, and what would go with it',
  positionals: [
    IMAGE,
    {
      name: 'name',
      what: 'the name of a store path',
      describe: 'a store path to begin at, as with --root; the system when it is left out',
      required: false,
    },
  ],
  options: {
    depth: { alias: 'd', type: 'number', default: 2, describe: 'levels below the roots' },
    top: { alias: 'n', type: 'number', default: 10, describe: 'rows below each path; 0 for all' },
    min: { type: 'string', default: '0', describe: 'sum up what retains less (100K, 5MiB)' },
    ...storeOptions,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type TreeArguments = ArgumentsOf<typeof treeDefinition>
