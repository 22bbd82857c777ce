import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, minOption, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const treeDefinition = {
  describe: 'which store path or package keeps which, and what would go with it',
  group: 'explain',
  examples: [
    ['isoscope tree nixos.iso -d 3 --min 5MiB', 'three levels of what is large'],
    ['isoscope tree nixos.iso nix', 'what one store path holds'],
  ],
  positionals: [
    IMAGE,
    {
      name: 'name',
      what: 'the name of a store path or package',
      describe: 'a store path or package to begin at, as if nothing else held what it leads to; as --root',
      required: false,
    },
  ],
  options: {
    depth: { alias: 'd', type: 'number', default: 2, describe: 'levels below the roots' },
    ...topOption(10, 'rows below each path; 0 for all'),
    ...sortOption(['retained', 'itself', 'name'], 'retained', 'order of the rows below each path'),
    ...minOption('0', 'sum up what retains less (100K, 5MiB)'),
    ...storeOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type TreeArguments = ArgumentsOf<typeof treeDefinition>
