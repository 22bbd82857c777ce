import { expect, it } from 'vitest'
import { imageNames } from '../../src/views/history.ts'

it.each([
  [['a/one.iso'], ['a/one.iso']],
  [
    ['a/b/one.iso', 'a/b/two.iso'],
    ['one.iso', 'two.iso'],
  ],
  [
    ['a/b/one.iso', 'a/two.iso'],
    ['b/one.iso', 'two.iso'],
  ],
  [
    ['/a/one.iso', '/a/two.iso'],
    ['one.iso', 'two.iso'],
  ],
  [
    ['/a/one.iso', '/b/two.iso'],
    ['a/one.iso', 'b/two.iso'],
  ],
  [
    ['/one.iso', '/two.iso'],
    ['one.iso', 'two.iso'],
  ],
  [
    ['ab/one.iso', 'a/one.iso'],
    ['ab/one.iso', 'a/one.iso'],
  ],
  // The search for a common directory once never ended here.
  [
    ['/a/one.iso', 'two.iso'],
    ['/a/one.iso', 'two.iso'],
  ],
  [
    ['/one.iso', './two.iso'],
    ['/one.iso', './two.iso'],
  ],
])('images named %j are shown as %j', (paths, names) => {
  expect(imageNames(paths)).toEqual(names)
})
