import type { ArgumentsOf, Definition } from '../definition.ts'
import { manyOptions, noiseOptions, queueOptions } from '../options.ts'
import { IMAGE_ITSELF } from '../positionals.ts'

export const submitDefinition = {
  describe: 'add images to a queue, for workers to report on',
  group: 'more',
  examples: [
    ['isoscope submit --redis redis://localhost *.iso', 'each image once, however often it is submitted'],
    ['isoscope submit --files-from images.txt', 'a list of them, to the Redis of $REDIS_URL'],
  ],
  positionals: [{ ...IMAGE_ITSELF, name: 'images', required: false, variadic: true }],
  options: {
    ...queueOptions,
    'files-from': { ...manyOptions['files-from'], describe: 'a list of images, separated by lines or NUL; - is stdin' },
    attempts: {
      type: 'number',
      default: 3,
      describe: 'how often to try what may pass, such as a network that fails; with a longer pause each time',
    },
    ...noiseOptions,
  },
} as const satisfies Definition

export type SubmitArguments = ArgumentsOf<typeof submitDefinition>
