import type { ArgumentsOf, Definition } from '../definition.ts'
import { deepOption, imageOptions, minOption, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const cutsDefinition = {
  describe: 'which references the configuration can drop, and what that frees',
  group: 'explain',
  examples: [
    ['isoscope cuts nixos.iso', 'what the configuration can drop, largest first'],
    ['isoscope cuts nixos.iso -f csv', 'as rows for a spreadsheet'],
  ],
  positionals: [IMAGE],
  options: {
    ...topOption(20, 'cuts to show; 0 for all'),
    ...sortOption(['frees', 'to'], 'frees', 'order of the cuts'),
    ...minOption('0', 'leave out cuts that free less (100K, 5MiB)'),
    ...storeOptions,
    ...deepOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type CutsArguments = ArgumentsOf<typeof cutsDefinition>
