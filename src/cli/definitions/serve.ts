import type { ArgumentsOf, Definition } from '../definition.ts'
import { noiseOptions, serverOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const serveDefinition = {
  describe: 'the page of an image in the browser, on this machine',
  group: 'look',
  examples: [
    ['isoscope serve nixos.iso', 'prints an address to open'],
    ['isoscope serve https://example.org/nixos.iso', 'the same for an image on another server'],
    ['isoscope serve --port 8080', 'a page to choose files on'],
  ],
  positionals: [{ ...IMAGE, required: false }],
  options: {
    port: { type: 'number', describe: 'where it listens on 127.0.0.1; a free one by default' },
    ...serverOption,
    ...noiseOptions,
    verbose: { ...noiseOptions.verbose, describe: 'each answer that it gives; twice: a time line' },
  },
} as const satisfies Definition

export type ServeArguments = ArgumentsOf<typeof serveDefinition>
