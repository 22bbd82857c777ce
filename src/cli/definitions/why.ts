import type { ArgumentsOf, Definition } from '../definition.ts'
import { deepOption, imageOptions, minOption, pageOptions, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const whyDefinition = {
  describe: 'why store paths and packages are there, and which references to cut',
  group: 'explain',
  examples: [
    ['isoscope why nixos.iso perl', 'who pulls it in, and what a cut would free'],
    ["isoscope why nixos.iso 'python3*' --to system-path", 'only routes from one store path'],
  ],
  positionals: [
    IMAGE,
    {
      name: 'names',
      what: 'the name of a store path or package',
      describe: 'store paths or packages, parts of their hashes or names, or paths of files in them',
      required: true,
      variadic: true,
    },
  ],
  options: {
    all: { alias: 'a', type: 'boolean', describe: 'all routes, and whole lists' },
    excerpts: { alias: 'e', type: 'boolean', describe: 'the bytes around each reference' },
    to: { type: 'string', completes: 'storePath', describe: 'only routes that come from this store path or package' },
    ...topOption(10, 'rows of each table, which routes are not; 0 for all, as with -a'),
    ...sortOption(['frees', 'own', 'name'], 'frees', 'order of each table that has this column'),
    ...minOption('0', 'leave out cuts that free less, and what takes less (100K, 5MiB)'),
    ...storeOptions,
    ...pageOptions,
    ...deepOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type WhyArguments = ArgumentsOf<typeof whyDefinition>
