import { expect, it } from 'vitest'
import { nameProblem } from '../../../src/platform/node/file-names.ts'

const NOWHERE = ['', '.', '..', 'a/b', 'a\0b']
const NOT_ON_WINDOWS = [
  'a:b',
  'a\\b',
  'a?',
  'tab\t',
  'dot.',
  'space ',
  'NUL',
  'con.txt',
  'aux .c',
  'COM1',
  'lpt\xc2\xb9',
]
const ANYWHERE = ['a', '.hidden', '...x', 'console', 'com', 'COM10', 'nul-1.0', '\xc3\xbc', 'a b', '-rf', '~']

it.each(['linux', 'darwin', 'win32'] as const)('says which names %s cannot have', (system) => {
  for (const name of NOWHERE) expect([name, nameProblem(name, system)]).toEqual([name, 'is not the name of a file'])
  for (const name of ANYWHERE) expect([name, nameProblem(name, system)]).toEqual([name, undefined])
  for (const name of NOT_ON_WINDOWS)
    expect([name, nameProblem(name, system) !== undefined]).toEqual([name, system === 'win32'])
  expect(nameProblem('\xff', system) !== undefined).toBe(system !== 'linux')
})
