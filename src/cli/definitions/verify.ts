import type { ArgumentsOf, Definition } from '../definition.ts'
import { colorOptions, fullPathsOption, imageOptions, jobsOption, jsonOption, unitOptions } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const verifyDefinition = {
  describe: 'whether store paths, checksums and files are intact: exit code 1 if one differs, 2 if one is unreadable',
  positionals: [IMAGE_ITSELF],
  options: {
    ...jsonOption,
    ...unitOptions,
    ...fullPathsOption,
    ...jobsOption,
    ...colorOptions,
    ...imageOptions,
    verbose: {
      ...imageOptions.verbose,
      describe: 'list what passes too, and all mentions that are not registered',
    },
  },
} as const satisfies Definition

export type VerifyArguments = ArgumentsOf<typeof verifyDefinition>
