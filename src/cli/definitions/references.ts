import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, storeOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

const shared = {
  positionals: [
    IMAGE,
    {
      name: 'path',
      what: 'the name of a store path',
      describe: 'a store path, part of its hash or name, or a path of a file in it',
      required: true,
    },
  ],
  options: {
    ...storeOptions,
    ...imageOptions,
  },
} as const satisfies Omit<Definition, 'describe'>

export const refsDefinition = {
  describe: 'what a store path refers to',
  ...shared,
} as const satisfies Definition

export const referrersDefinition = {
  describe: 'what refers to a store path',
  ...shared,
} as const satisfies Definition

export type ReferencesArguments = ArgumentsOf<typeof refsDefinition>
