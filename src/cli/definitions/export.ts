import type { ArgumentsOf, Definition, Options } from '../definition.ts'
import { documentOption, imageOptions, referenceOptions, rootOption, unitOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

/** Says in the help of options that ncdu does not use them. */
function forGraphs<O extends Options>(options: O): O {
  const described = { ...options }
  for (const key in described) described[key] = { ...described[key], describe: `graphs: ${described[key]!.describe}` }
  return described
}

export const exportDefinition = {
  describe: 'sizes or references of an image, for other programs',
  group: 'more',
  examples: [
    ['isoscope export -f ncdu nixos.iso | ncdu -f-', 'browse its files'],
    ['isoscope export -f dot nixos.iso perl | dot -Tsvg > perl.svg', 'draw what leads to perl'],
  ],
  positionals: [
    { ...IMAGE, describe: 'an image; for graphs also a saved report' },
    {
      name: 'name',
      what: 'the name of a store path or package',
      describe: 'graphs: only the routes from the roots to this store path or package',
      required: false,
    },
  ],
  options: {
    format: {
      alias: 'f',
      type: 'string',
      choices: ['ncdu', 'dot', 'graphml'],
      demandOption: true,
      describe: 'ncdu: files, for ncdu -f-; graphs of references: dot for Graphviz, graphml for Gephi and others',
    },
    ...documentOption,
    ...forGraphs({ ...unitOptions, ...rootOption, ...referenceOptions }),
    ...imageOptions,
  },
} as const satisfies Definition

export type ExportArguments = ArgumentsOf<typeof exportDefinition>
