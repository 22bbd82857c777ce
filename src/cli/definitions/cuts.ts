import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, deepOption, imageOptions, storeOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const cutsDefinition = {
  describe: 'which references the configuration can drop, and what that frees',
  positionals: [IMAGE],
  options: {
    top: { alias: 'n', type: 'number', default: 20, describe: 'cuts to show; 0 for all' },
    ...storeOptions,
    ...deepOption,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type CutsArguments = ArgumentsOf<typeof cutsDefinition>
