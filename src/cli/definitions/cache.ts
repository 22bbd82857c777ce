import type { ArgumentsOf, Definition } from '../definition.ts'

export const cacheDefinition = {
  describe: 'what is kept of earlier runs: where, and how much',
  group: 'more',
  examples: [
    ['isoscope cache', 'where it is, and how much is in it'],
    ['isoscope cache --clear', 'begin anew'],
  ],
  positionals: [],
  options: {
    clear: { type: 'boolean', conflicts: 'path', describe: 'remove all of it' },
    path: { type: 'boolean', describe: 'print only the directory' },
  },
} as const satisfies Definition

export type CacheArguments = ArgumentsOf<typeof cacheDefinition>
