import type { ArgumentsOf, Definition } from '../definition.ts'

export const cacheDefinition = {
  describe: 'what is kept of earlier runs: where, and how much',
  positionals: [],
  options: {
    clear: { type: 'boolean', conflicts: 'path', describe: 'remove all of it' },
    path: { type: 'boolean', describe: 'print only the directory' },
  },
} as const satisfies Definition

export type CacheArguments = ArgumentsOf<typeof cacheDefinition>
