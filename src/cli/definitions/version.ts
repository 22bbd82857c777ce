import type { ArgumentsOf, Definition } from '../definition.ts'

export const versionDefinition = {
  describe: 'the version of isoscope',
  group: 'more',
  examples: [
    ['isoscope version', 'the version'],
    ['isoscope version -v', 'also how decoders run'],
  ],
  positionals: [],
  options: { verbose: { alias: 'v', type: 'boolean', describe: 'also how decoders run' } },
} as const satisfies Definition

export type VersionArguments = ArgumentsOf<typeof versionDefinition>
