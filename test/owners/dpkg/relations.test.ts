import { describe, expect, it } from 'vitest'
import { requirementsOf } from '../../../src/owners/dpkg/relations.ts'

describe('relations of Debian', () => {
  it('are alternatives, with the versions that each takes (Debian Policy 7.1)', () => {
    expect(requirementsOf('libc6:any (>= 2.34~rc1), a ( <<1 )|b(=2:3-4) [amd64] <!nocheck>, c (< 5)', false)).toEqual([
      { alternatives: ['libc6'], limits: new Map([['libc6', { relation: '>=', version: '2.34~rc1' }]]), isWeak: false },
      {
        alternatives: ['a', 'b'],
        limits: new Map([
          ['a', { relation: '<', version: '1' }],
          ['b', { relation: '=', version: '2:3-4' }],
        ]),
        isWeak: false,
      },
      { alternatives: ['c'], limits: new Map([['c', { relation: '<=', version: '5' }]]), isWeak: false },
    ])
  })

  it.each([
    ['signs', `a (${'<'.repeat(200_000)}`],
    ['versions', `a ${'(<a'.repeat(100_000)}`],
    ['spaces', `a (${' '.repeat(200_000)}<`],
  ])('without an end take no time that grows with the square of their %s', (_, field) => {
    const start = performance.now()
    expect(requirementsOf(field, false)).toEqual([{ alternatives: ['a'], isWeak: false }])
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
