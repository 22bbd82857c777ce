import { describe, expect, expectTypeOf, it } from 'vitest'
import { type ArgumentsOf, type Definition, isArgumentsOf } from '../../src/cli/definition.ts'

const definition = {
  describe: 'a command with one option of each kind',
  group: 'more',
  examples: [],
  positionals: [
    { name: 'image', what: 'an image', describe: '', required: true },
    { name: 'path', what: 'a path', describe: '', required: false },
    { name: 'names', what: 'a name', describe: '', required: true, variadic: true },
  ],
  options: {
    'full-paths': { type: 'boolean', describe: '' },
    format: { type: 'string', choices: ['ncdu', 'dot'], demandOption: true, describe: '' },
    sort: { type: 'string', choices: ['own', 'name'], default: 'own', describe: '' },
    only: { type: 'string', choices: ['new', 'gone'], describe: '' },
    top: { type: 'number', default: 20, describe: '' },
    jobs: { type: 'number', describe: '' },
    min: { type: 'string', default: '0', describe: '' },
    'max-growth': { type: 'string', array: true, describe: '' },
  },
} as const satisfies Definition

type Arguments = ArgumentsOf<typeof definition>

const least = { image: 'a.iso', names: ['perl'], format: 'dot', sort: 'own', top: 20, min: '0' } as const

describe('the arguments of a definition', () => {
  it('have the types that it says', () => {
    expectTypeOf<Arguments>().toEqualTypeOf<{
      readonly image: string
      readonly path?: string | undefined
      readonly names: readonly string[]
      readonly fullPaths?: boolean | undefined
      readonly format: 'ncdu' | 'dot'
      readonly sort: 'own' | 'name'
      readonly only?: 'new' | 'gone' | undefined
      readonly top: number
      readonly jobs?: number | undefined
      readonly min: string
      readonly maxGrowth?: readonly string[] | undefined
    }>()
    expect(isArgumentsOf(definition, least)).toBe(true)
    const most = { ...least, path: '/', fullPaths: true, only: 'new', jobs: 2, maxGrowth: ['1M', 'initrd=1K'] }
    expect(isArgumentsOf(definition, most)).toBe(true)
  })

  it.each([
    ['a positional that is missing', { image: undefined }],
    ['one word for several', { names: 'perl' }],
    ['several words for one', { path: ['/', '/etc'] }],
    ['a missing option that is needed', { format: undefined }],
    ['a default that is missing', { top: undefined }],
    ['a number as text', { jobs: '2' }],
    ['a value that is no choice', { only: 'newer' }],
    ['one value for several', { maxGrowth: '1M' }],
    ['a flag with a value', { fullPaths: 'yes' }],
  ])('are not %s', (_, wrong) => {
    expect(isArgumentsOf(definition, { ...least, ...wrong })).toBe(false)
  })
})
