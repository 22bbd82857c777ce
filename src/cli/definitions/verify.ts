import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, jobsOption, listOptions, tableOptions } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const verifyDefinition = {
  describe:
    'whether store paths, packages, checksums and files are intact: exit code 1 if one differs, 2 if one is unreadable',
  group: 'guard',
  examples: [
    ['isoscope verify nixos.iso', 'whether it is intact'],
    ['isoscope verify nixos.iso -f csv', 'a row for each store path or package'],
  ],
  positionals: [IMAGE_ITSELF],
  options: {
    ...listOptions(['status', 'name', 'narSize'], 'rows'),
    ...tableOptions,
    ...jobsOption,
    ...imageOptions,
    verbose: {
      ...imageOptions.verbose,
      describe: 'list what passes too, and all mentions that are not registered',
    },
  },
} as const satisfies Definition

export type VerifyArguments = ArgumentsOf<typeof verifyDefinition>
