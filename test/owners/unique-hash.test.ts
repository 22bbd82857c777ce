import fc from 'fast-check'
import { expect, it } from 'vitest'
import { uniqueHashes } from '../../src/owners/unique-hash.ts'

it('the beginning of a hash is the shortest of four characters or more that no other hash of the name has', () => {
  const hash = fc
    .array(fc.constantFrom('0', '1'), { minLength: 12, maxLength: 12 })
    .map((digits) => `${digits.join('')}${'a'.repeat(20)}`)
  const key = fc.tuple(hash, fc.constantFrom('x', 'x', 'y')).map((parts) => parts.join('-'))
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 40 }), (keys) => {
      const of = uniqueHashes(keys)
      for (const one of keys) {
        const name = one.slice(33)
        const others = keys.filter((other) => other !== one && other.slice(33) === name)
        const lengths = Array.from({ length: 29 }, (_, more) => more + 4)
        const shortest = lengths.find((length) => !others.some((other) => other.startsWith(one.slice(0, length))))
        expect(of(one)).toBe(others.length === 0 ? '' : one.slice(0, shortest))
      }
    }),
  )
})

it('the beginnings of many hashes of one name take no time that grows with their square', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `${index.toString().padStart(32, '0')}-x`)
  const of = uniqueHashes(keys)
  const start = performance.now()
  expect(new Set(keys.map(of)).size).toBe(20_000)
  expect(performance.now() - start).toBeLessThan(4_000)
})
