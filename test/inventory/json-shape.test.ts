import { describe, expect, it } from 'vitest'
import {
  checkShape,
  count,
  flag,
  list,
  nullable,
  object,
  oneOf,
  optional,
  text,
  tuple,
} from '../../src/inventory/json-shape.ts'

const shape = object<{
  name: string
  items: object[]
  pair?: unknown
  kind: string
  note: string | null
  all: boolean
}>({
  name: text,
  items: list(object<{ size: number }>({ size: count })),
  pair: optional(tuple(text, count)),
  kind: oneOf('a', 'b'),
  note: nullable(text),
  all: flag,
})
const right = { name: 'x', items: [{ size: 1 }, { size: 0, more: true }], kind: 'a', note: null, all: false }

describe('the shape of JSON', () => {
  it.each([right, { ...right, pair: ['x', 1], note: 'y', more: 1 }])('is right: %j', (value) => {
    expect(() => checkShape(value, shape)).not.toThrow()
  })

  it.each([
    [7, 'it must be an object'],
    [[], 'it must be an object'],
    [{ ...right, name: undefined }, 'name is missing'],
    [{ ...right, name: 7 }, 'name must be text'],
    [{ ...right, items: {} }, 'items must be a list'],
    [{ ...right, items: [{ size: 1 }, null] }, 'items[1] must be an object'],
    [{ ...right, items: [{ size: 1 }, {}] }, 'items[1].size is missing'],
    [{ ...right, items: [{ size: -1 }] }, 'items[0].size must be a whole number, 0 or more'],
    [{ ...right, items: [{ size: 2 ** 53 }] }, 'items[0].size must be a whole number, 0 or more'],
    [{ ...right, pair: ['x'] }, 'pair[1] is missing'],
    [{ ...right, pair: 7 }, 'pair must be a list'],
    [{ ...right, kind: 'c' }, 'kind must be one of "a", "b"'],
    [{ ...right, note: 7 }, 'note must be text'],
    [{ ...right, all: 1 }, 'all must be true or false'],
  ])('is wrong: %j', (value, message) => {
    expect(() => checkShape(value, shape)).toThrow(message)
  })
})
