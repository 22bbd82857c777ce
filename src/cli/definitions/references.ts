import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, minOption, sortOption, storeOptions, topOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

const shared = {
  positionals: [
    IMAGE,
    {
      name: 'path',
      what: 'the name of a store path or package',
      describe: 'a store path or package, part of its hash or name, or a path of a file in it',
      required: true,
    },
  ],
  options: {
    ...topOption(0, 'rows to show; 0 for all'),
    ...sortOption(['own', 'retained', 'referrerCount', 'name'], 'retained', 'order of the rows'),
    ...minOption('0', 'leave out smaller ones (100K, 5MiB)'),
    ...storeOptions,
    ...imageOptions,
  },
} as const satisfies Omit<Definition, 'describe' | 'group' | 'examples'>

export const refsDefinition = {
  describe: 'what a store path or package refers to',
  group: 'explain',
  examples: [
    ['isoscope refs nixos.iso nix', 'what nix refers to'],
    ['isoscope refs nixos.iso system-path -s retained -n 10', 'its largest references'],
  ],
  ...shared,
} as const satisfies Definition

export const referrersDefinition = {
  describe: 'what refers to a store path or package',
  group: 'explain',
  examples: [
    ['isoscope referrers nixos.iso perl', 'what refers to perl'],
    ['isoscope referrers nixos.iso glibc -f csv', 'as rows, for a spreadsheet'],
  ],
  ...shared,
} as const satisfies Definition

export type ReferencesArguments = ArgumentsOf<typeof refsDefinition>
