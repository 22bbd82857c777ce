import type { ArgumentsOf, Definition } from '../definition.ts'
import { deepOption, imageOptions, minOption, pageOptions, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const adviseDefinition = {
  describe: 'which NixOS options make an image smaller, and by how much',
  group: 'explain',
  examples: [
    ['isoscope advise nixos.iso', 'options that make it smaller'],
    ['isoscope advise nixos.iso --nix > smaller.nix', 'a module that sets them'],
    ['isoscope advise nixos.iso --packing', 'what other compressors would bring'],
  ],
  positionals: [IMAGE],
  options: {
    apply: { type: 'string', array: true, describe: 'only these entries: ID,ID; also experimental ones' },
    nix: { type: 'boolean', conflicts: 'json', describe: 'print a NixOS module that follows the advice' },
    packing: { type: 'boolean', conflicts: 'nix', describe: 'estimate other compressors and block sizes instead' },
    sample: { type: 'string', default: '8MiB', describe: 'packing: how much content to compress' },
    ...topOption(10, 'entries to show; 0 for all'),
    ...sortOption(['id', 'frees', 'cumulative'], 'frees', 'order of the entries'),
    ...minOption('0', 'leave out entries that free less (100K, 5MiB)'),
    ...storeOptions,
    ...pageOptions,
    ...deepOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type AdviseArguments = ArgumentsOf<typeof adviseDefinition>
