import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, treeOption } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const extractDefinition = {
  describe: 'write files and directories of the image to a directory',
  group: 'look',
  examples: [
    ['isoscope extract nixos.iso / -o out', 'all files of the disc'],
    ['isoscope extract nixos.iso linux-firmware -o out', 'a store path'],
    ["isoscope extract nixos.iso '/boot/**/initrd*/' -o out", 'what is in an initrd'],
  ],
  positionals: [
    IMAGE_ITSELF,
    {
      name: 'paths',
      what: 'the path of a file or directory in it',
      describe: 'paths in the image as for ls and cat, or globs; / for all. Each keeps its path below the directory',
      required: true,
      variadic: true,
    },
  ],
  options: {
    output: {
      alias: 'o',
      completes: 'directory',
      type: 'string',
      demandOption: true,
      describe:
        'the directory to write to. Modes and times are kept; owners, set-user-ID bits and devices only for root',
    },
    force: { type: 'boolean', describe: 'replace files and links that exist; else they stay and are named' },
    list: { type: 'boolean', describe: 'only list what would be written' },
    ...treeOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type ExtractArguments = ArgumentsOf<typeof extractDefinition>
