import { describe, expect, it } from 'vitest'
import { globMatcher } from '../../src/owners/glob.ts'

describe('a glob', () => {
  it.each([
    ['gcc-*', 'gcc-13.2', true],
    ['gcc-*', 'xgcc-13.2', false],
    ['*-dev', 'zlib-dev', true],
    ['*-dev', 'zlib-dev-x', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*ab*ab', 'abxabab', true],
    ['*ab*ab', 'ab', false],
    ['gcc-[0-9]*', 'gcc-13', true],
    ['gcc-[0-9]*', 'gcc-lib', false],
    ['gcc-[!0-9]*', 'gcc-lib', true],
    ['[]a]', ']', true],
    ['[!]a]', 'b', true],
    ['[a-]', '-', true],
    ['[z-a]', 'b', false],
    ['[\\d]', '\\', true],
    ['[', '[', true],
    ['a[b', 'a[b', true],
    ['a.b+c', 'a.b+c', true],
    ['a.b', 'axb', false],
    ['(a|b){2}$', '(a|b){2}$', true],
    ['a*\n*', 'ab\n', true],
  ])('%j over %j: %j', (glob, name, matches) => {
    expect(globMatcher(glob)(name)).toBe(matches)
  })

  it('is never slow, however many stars it has and however long it is', () => {
    const start = performance.now()
    expect(globMatcher(`${'*a'.repeat(100)}b`)('a'.repeat(10_000))).toBe(false)
    expect(globMatcher('x'.repeat(100_000))('x')).toBe(false)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
