import { LIST_ORDERS } from '../../analyses/list-order.ts'
import type { ArgumentsOf, Definition } from '../definition.ts'
import { imageOptions, minOption, tableOptions, treeOption } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const lsDefinition = {
  describe: 'list a directory of the image, or an image inside it',
  group: 'look',
  examples: [
    ['isoscope ls nixos.iso /boot', 'a directory of the image'],
    ['isoscope ls --du nixos.iso linux-firmware', 'the largest in a store path'],
    ['isoscope ls -lR -s size nixos.iso perl -n 10', 'its largest files'],
    ["isoscope ls nixos.iso --find '*icudata*'", 'where a file is'],
  ],
  positionals: [
    IMAGE_ITSELF,
    {
      name: 'path',
      what: 'a path in it',
      describe: 'a path in the image, into an image inside it, or of a store path: nix-2.8.0/bin',
      required: false,
    },
  ],
  options: {
    recursive: { alias: 'R', type: 'boolean', describe: 'everything below, images inside an ISO included' },
    long: {
      alias: 'l',
      type: 'boolean',
      describe: 'mode, owner, size, stored size, time (UTC), target; sums for directories',
    },
    du: {
      type: 'boolean',
      conflicts: 'long',
      describe: 'what each takes in the image with all below it, largest first; with -R: the directories of all levels',
    },
    find: {
      type: 'string',
      conflicts: 'du',
      describe: 'files anywhere below: a glob for whole names, or with a slash for paths',
    },
    sort: {
      alias: 's',
      type: 'string',
      choices: LIST_ORDERS,
      describe: 'by name if not given; with -R in the order of the image',
    },
    top: { alias: 'n', type: 'number', describe: 'how many to list; 0 for all' },
    ...minOption('0', 'leave out what takes less in the image (100K, 5MiB)'),
    extents: { type: 'boolean', describe: 'with -l: where in the image each file lies (--json has it always)' },
    ...treeOption,
    ...tableOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type LsArguments = ArgumentsOf<typeof lsDefinition>
