import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, treeOption, unitOptions } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const lsDefinition = {
  describe: 'list a directory of the image, or an image inside it',
  positionals: [
    IMAGE_ITSELF,
    {
      name: 'path',
      what: 'a path in it',
      describe: 'a path in the image; it may lead into an image inside',
      required: false,
    },
  ],
  options: {
    recursive: { alias: 'R', type: 'boolean', describe: 'everything below, images inside an ISO included' },
    long: { alias: 'l', type: 'boolean', describe: 'type, mode, owner, size, stored size, time (UTC), target' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
    extents: { type: 'boolean', describe: 'with -l: where in the image each file lies (--json has it always)' },
    ...treeOption,
    ...unitOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type LsArguments = ArgumentsOf<typeof lsDefinition>
