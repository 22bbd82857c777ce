import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, treeOption } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const catDefinition = {
  describe: 'write the content of a file of the image to stdout',
  group: 'look',
  examples: [
    ['isoscope cat nixos.iso /version.txt', 'a file of the image'],
    ['isoscope cat nixos.iso nix-2.8.0/bin/nix > nix', 'a file of a store path'],
  ],
  positionals: [
    IMAGE_ITSELF,
    { name: 'path', what: 'the path of a file in it', describe: 'a regular file in the image', required: true },
  ],
  options: { ...treeOption, ...imageOptions },
} as const satisfies Definition

export type CatArguments = ArgumentsOf<typeof catDefinition>
