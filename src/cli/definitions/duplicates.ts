import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  colorOptions,
  fullPathsOption,
  imageOptions,
  jsonOption,
  optionalReferences,
  referenceOptions,
  rootOption,
  unitOptions,
  wideOption,
} from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const duplicatesDefinition = {
  describe: 'packages and files that are there twice, and what one saves',
  positionals: [IMAGE],
  options: {
    top: { alias: 'n', type: 'number', default: 10, describe: 'rows of each list; 0 for all' },
    deep: { type: 'boolean', describe: 'read all that may be equal, and unpack all compressed files' },
    ...jsonOption,
    ...unitOptions,
    ...wideOption,
    ...fullPathsOption,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...colorOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type DuplicatesArguments = ArgumentsOf<typeof duplicatesDefinition>
