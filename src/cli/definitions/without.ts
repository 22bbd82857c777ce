import type { ArgumentsOf, Definition } from '../definition.ts'
import { deepOption, imageOptions, minOption, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const withoutDefinition = {
  describe: 'what goes, and what stays, without store paths, packages or references',
  group: 'explain',
  examples: [
    ['isoscope without nixos.iso perl man-db', 'what goes with two store paths'],
    ["isoscope without nixos.iso 'system-path -> nix'", 'what goes with one reference'],
  ],
  positionals: [
    IMAGE,
    {
      name: 'removed',
      what: 'what to remove',
      describe: "store paths, packages, or references as 'FROM -> TO'; a glob means all that it matches",
      required: true,
      variadic: true,
    },
  ],
  options: {
    ...topOption(10, 'rows of each list; 0 for all'),
    ...sortOption(['frees', 'name'], 'frees', 'order of what goes'),
    ...minOption('0', 'sum up what frees less (100K, 5MiB)'),
    ...storeOptions,
    ...deepOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type WithoutArguments = ArgumentsOf<typeof withoutDefinition>
