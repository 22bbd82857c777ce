import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, imageOptions, storeOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const adviseDefinition = {
  describe: 'which NixOS options make an image smaller, and by how much',
  positionals: [IMAGE],
  options: {
    apply: { type: 'string', array: true, describe: 'only these entries: ID,ID; also experimental ones' },
    nix: { type: 'boolean', conflicts: 'json', describe: 'print a NixOS module that follows the advice' },
    packing: { type: 'boolean', conflicts: 'nix', describe: 'estimate other compressors and block sizes instead' },
    sample: { type: 'string', default: '8MiB', describe: 'packing: how much content to compress' },
    top: { alias: 'n', type: 'number', default: 10, describe: 'entries to show; 0 for all' },
    ...storeOptions,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type AdviseArguments = ArgumentsOf<typeof adviseDefinition>
