import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  imageOptions,
  minOption,
  optionalReferences,
  referenceOptions,
  rootOption,
  sortOption,
  tableOptions,
  topOption,
} from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const duplicatesDefinition = {
  describe: 'packages and files that are there twice, and what one saves',
  group: 'explain',
  examples: [
    ['isoscope duplicates nixos.iso', 'packages and files that are there twice'],
    ['isoscope duplicates nixos.iso --deep -n 0', 'all of them, in compressed files too'],
  ],
  positionals: [IMAGE],
  options: {
    ...topOption(10, 'rows of each list; 0 for all'),
    ...sortOption(['saves', 'own', 'name'], 'saves', 'order of each list'),
    ...minOption('0', 'leave out what saves less (100K, 5MiB)'),
    deep: { type: 'boolean', describe: 'read all that may be equal, and unpack all compressed files' },
    ...tableOptions,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...imageOptions,
  },
} as const satisfies Definition

export type DuplicatesArguments = ArgumentsOf<typeof duplicatesDefinition>
