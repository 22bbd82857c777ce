import type { Definition } from '../definition.ts'
import { pagerOption } from '../options.ts'

export const helpDefinition = {
  describe: 'the options of a command, and examples',
  group: 'more',
  examples: [
    ['isoscope help why', 'the options of why'],
    ['isoscope help', 'all commands'],
  ],
  positionals: [
    {
      name: 'command',
      what: 'a command',
      describe: 'a command; all of them when it is left out',
      required: false,
      completes: 'command',
    },
  ],
  options: { ...pagerOption },
} as const satisfies Definition
