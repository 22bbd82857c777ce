import type { ArgumentsOf, Definition } from '../definition.ts'

export const completionDefinition = {
  describe: 'print a script that completes commands, options and store paths in a shell',
  group: 'more',
  examples: [
    ['isoscope completion bash', 'the script for bash'],
    ['isoscope completion fish | source', 'complete in this fish'],
  ],
  positionals: [
    {
      name: 'shell',
      what: 'a shell',
      describe: 'the shell; the script goes to stdout, and its first lines say where it belongs',
      required: true,
      choices: ['bash', 'zsh', 'fish', 'powershell'],
    },
  ],
  options: {
    names: {
      type: 'string',
      hidden: true,
      completes: 'file',
      describe: 'print the store paths of this image instead, from the cache; for the scripts',
    },
  },
} as const satisfies Definition

export type CompletionArguments = ArgumentsOf<typeof completionDefinition>
