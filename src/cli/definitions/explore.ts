import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  byOption,
  colorOptions,
  deepOption,
  imageOptions,
  optionalReferences,
  referenceOptions,
  rootOption,
  unitOptions,
} from '../options.ts'

export const exploreDefinition = {
  describe: 'walk through an image in the terminal, and see what would go',
  group: 'look',
  examples: [
    ['isoscope explore nixos.iso', 'store paths by what each retains; ? names the keys'],
    ['isoscope explore old.iso new.iso', 'the new image; d shows what changed'],
  ],
  positionals: [
    {
      name: 'old',
      what: 'the old image',
      describe: 'an older image to compare with',
      required: false,
      completes: 'file',
    },
    { name: 'image', what: 'an image', describe: 'an image, or a saved report', required: true, completes: 'file' },
  ],
  options: {
    ...byOption('path, or directory if there are none'),
    ...unitOptions,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...deepOption,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type ExploreArguments = ArgumentsOf<typeof exploreDefinition>
