import { expect, it } from 'vitest'
import { ORDERS } from '../../src/owners/version-order.ts'
import { describeWith, mustRun, runTool } from '../oracle.ts'
import { Random } from './random.ts'

/** Pairs of versions of some pieces. Half of them differ in one piece only. */
function pairsOf(seed: string, pieces: readonly string[], count: number): readonly (readonly [string, string])[] {
  const random = new Random(seed)
  const some = (length: number): string[] => Array.from({ length }, () => random.pick(pieces))
  return Array.from({ length: count }, () => {
    const one = ['1', ...some(random.below(6))]
    const other = random.oneIn(2)
      ? ['1', ...some(random.below(6))]
      : one.with(random.below(one.length), random.pick(pieces))
    return [one.join(''), other.join('')] as const
  })
}

const PIECES = ['0', '1', '9', '10', '007', 'a', 'rc', 'Z', '.', '..', '~', '+', '-']

describeWith(['dpkg'], 'versions of Debian', () => {
  it('have the order of dpkg --compare-versions', () => {
    const orders = new Set<number>()
    for (const [one, other] of pairsOf('deb', [...PIECES, '~~'], 250)) {
      const withEpochs = [one, other].map((version, at) => (version.length % 7 === at ? `1:${version}` : version))
      const [a, b] = withEpochs as [string, string]
      // What ends with a dash has no revision, and is no version.
      if (a.endsWith('-') || b.endsWith('-')) continue
      const isTrue = (relation: string): boolean => runTool('dpkg', ['--compare-versions', a, relation, b]).code === 0
      const told = isTrue('eq') ? 0 : isTrue('lt') ? -1 : 1
      expect([a, b, Math.sign(ORDERS['dpkg']!(a, b))]).toEqual([a, b, told])
      orders.add(told)
    }
    expect(orders.size).toBe(3)
  }, 120_000)
})

describeWith(['rpm'], 'versions of rpm', () => {
  it('have the order of rpm.vercmp', () => {
    // The dash stands between version and release, and rpm.vercmp of one without release ignores that of the other.
    const pairs = pairsOf('rpm', [...PIECES.filter((piece) => piece !== '-'), '^', '_'], 3000)
    const script = pairs.map(([one, other]) => `print(rpm.vercmp('${one}','${other}'))print(' ')`).join('')
    const told = mustRun('rpm', ['--eval', `%{lua:${script}}`])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number)
    expect(pairs.map(([one, other]) => [one, other, Math.sign(ORDERS['rpm']!(one, other))])).toEqual(
      pairs.map(([one, other], at) => [one, other, told[at]]),
    )
    expect(new Set(told).size).toBe(3)
  }, 60_000)
})
