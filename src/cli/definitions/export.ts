import type { ArgumentsOf, Definition, Options } from '../definition.ts'
import { imageOptions, referenceOptions, rootOption, unitOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

/** Says in the help of options that ncdu does not use them. */
function forDot<O extends Options>(options: O): O {
  const described = { ...options }
  for (const key in described) described[key] = { ...described[key], describe: `dot: ${described[key]!.describe}` }
  return described
}

export const exportDefinition = {
  describe: 'sizes or references of an image, for other programs',
  group: 'more',
  examples: [
    ['isoscope export -f ncdu nixos.iso | ncdu -f-', 'browse its files'],
    ['isoscope export -f dot nixos.iso | dot -Tsvg > graph.svg', 'draw its references'],
  ],
  positionals: [{ ...IMAGE, describe: 'an image; for dot also a saved report' }],
  options: {
    format: {
      alias: 'f',
      type: 'string',
      choices: ['ncdu', 'dot'],
      demandOption: true,
      describe: 'ncdu: files, for ncdu -f-; dot: references, for Graphviz',
    },
    ...forDot({ ...unitOptions, ...rootOption, ...referenceOptions }),
    ...imageOptions,
  },
} as const satisfies Definition

export type ExportArguments = ArgumentsOf<typeof exportDefinition>
