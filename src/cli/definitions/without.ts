import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, deepOption, imageOptions, storeOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const withoutDefinition = {
  describe: 'what goes, and what stays, without store paths or references',
  positionals: [
    IMAGE,
    {
      name: 'removed',
      what: 'what to remove',
      describe: "store paths, or references as 'FROM -> TO'; a glob means all that it matches",
      required: true,
      variadic: true,
    },
  ],
  options: {
    top: { alias: 'n', type: 'number', default: 10, describe: 'rows of each list; 0 for all' },
    ...storeOptions,
    ...deepOption,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type WithoutArguments = ArgumentsOf<typeof withoutDefinition>
