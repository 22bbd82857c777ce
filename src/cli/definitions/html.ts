import type { ArgumentsOf, Definition } from '../definition.ts'
import { byOption, deepOption, imageOptions, optionalReferences, referenceOptions, rootOption } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const htmlDefinition = {
  describe: 'one HTML file to look around in images',
  group: 'look',
  examples: [
    ['isoscope html nixos.iso -o nixos.html', 'a page that any browser opens, without a network'],
    ['isoscope html live.iso --by directory -o live.html', 'the map and the rows are of directories at first'],
    ['isoscope html a.iso b.iso -o both.html', 'two images in one page, to choose between'],
  ],
  positionals: [{ ...IMAGE, name: 'images', what: 'an image', variadic: true }],
  options: {
    output: { alias: 'o', type: 'string', default: '-', describe: 'the file to write; stdout if not given' },
    ...byOption('path, or directory if there are none'),
    ...rootOption,
    ...referenceOptions,
    ...optionalReferences,
    ...deepOption,
    ...imageOptions,
  },
} as const satisfies Definition

export type HtmlArguments = ArgumentsOf<typeof htmlDefinition>
