import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, imageOptions, referenceOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const whyDependsDefinition = {
  describe: 'how one store path depends on another, as nix why-depends tells it',
  group: 'explain',
  examples: [
    ['isoscope why-depends nixos.iso glibc', 'how the system depends on it'],
    ['isoscope why-depends nixos.iso nix boost --precise', 'with the files that hold the references'],
  ],
  positionals: [
    IMAGE,
    {
      name: 'from',
      what: 'a store path to begin at',
      describe: 'store path to begin at; the system when it is left out',
      required: false,
    },
    {
      name: 'to',
      what: 'the name of a store path',
      describe: 'the path it may depend on: a store path, part of its hash or name',
      required: true,
    },
  ],
  options: {
    all: { alias: 'a', type: 'boolean', describe: 'all routes, not one' },
    precise: { alias: 'p', type: 'boolean', describe: 'with the files that hold the references' },
    ...referenceOptions,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type WhyDependsArguments = ArgumentsOf<typeof whyDependsDefinition>
