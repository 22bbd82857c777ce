import type { ArgumentsOf, Definition } from '../definition.ts'
import {
  imageOptions,
  listOptions,
  optionalReferences,
  referenceOptions,
  rootOption,
  tableOptions,
} from '../options.ts'
import { IMAGE } from '../positionals.ts'

/** A rule may be given several times. */
const rules = { type: 'string', array: true } as const

export const checkDefinition = {
  describe: 'check an image against limits and rules: exit code 1 if it breaks one, 2 if one was not measured',
  group: 'guard',
  examples: [
    ["isoscope check nixos.iso --max 480MiB --forbid '*-dev'", 'a limit and a rule'],
    ['isoscope check nixos.iso --base base.json --max-growth 5MiB', 'a limit for growth'],
  ],
  positionals: [IMAGE],
  options: {
    base: { type: 'string', completes: 'file', describe: 'an image or a saved report to measure growth from' },
    config: { type: 'string', completes: 'file', describe: 'rules; isoscope.config.json here or above by default' },
    max: {
      ...rules,
      describe: 'the most bytes: 480MiB, or squashfs=, initrd=, package:NAME=, path:GLOB=, group:NAME=',
    },
    'max-growth': { ...rules, describe: 'the most it may grow over the base: 5MiB, or initrd=1MiB' },
    'max-growth-percent': { ...rules, describe: 'the same, in percent of the base' },
    forbid: { ...rules, describe: 'store paths or packages that must not be there: *-dev' },
    'no-duplicates': { ...rules, describe: 'packages that may have only one version: openssl, or *' },
    ...listOptions(['status', 'name', 'value'], 'rules'),
    ...tableOptions,
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...imageOptions,
  },
} as const satisfies Definition

export type CheckArguments = ArgumentsOf<typeof checkDefinition>
