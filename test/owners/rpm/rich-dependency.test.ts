import { describe, expect, it } from 'vitest'
import { richRequirements } from '../../../src/owners/rpm/rich-dependency.ts'

/** Alternatives joined by |, with ? for what is weak. */
const told = (text: string): readonly string[] =>
  richRequirements(text).map(({ alternatives, isWeak }) => alternatives.join(' | ') + (isWeak ? ' ?' : ''))

describe('a rich dependency of rpm', () => {
  // The forms of rpm's manual (docs/manual/boolean_dependencies.md), and what packages of Rust and Python have.
  it.each<[string, readonly string[]]>([
    ['(pkgA or pkgB or pkgC)', ['pkgA | pkgB | pkgC']],
    ['(pkgA and pkgB and pkgC)', ['pkgA', 'pkgB', 'pkgC']],
    ['(pkgA if pkgB)', ['pkgA ?']],
    ['(pkgA if pkgB else pkgC)', ['pkgA ?', 'pkgC ?']],
    ['(pkgA unless pkgB else pkgC)', ['pkgA ?', 'pkgC ?']],
    ['(pkgA >= 1.0 or pkgB < 2:3)', ['pkgA | pkgB']],
    ['(pkgA with pkgB)', ['pkgA']],
    ['(pkgA without pkgB)', ['pkgA']],
    ['(crate(serde/default) >= 1.0.0 with crate(serde/default) < 2.0.0~)', ['crate(serde/default)']],
    ['((pkgA or pkgB) and (pkgC if pkgD))', ['pkgA | pkgB', 'pkgC ?']],
    ['((pkgA and pkgB) or pkgC)', ['pkgA | pkgB | pkgC']],
    ['(pkgA or (pkgB if pkgC))', ['pkgA | pkgB ?']],
    ['(pkgA or (pkgB and libz.so.1()(64bit)))', ['pkgA | pkgB | libz.so.1()(64bit)']],
    ['(pkgA)', ['pkgA']],
    ['( pkgA   or  pkgB )', ['pkgA | pkgB']],
  ])('%s', (text, requirements) => {
    expect(told(text)).toEqual(requirements)
  })

  it.each(['', '(', '()', '(a', '(a or', '(a or )', '('.repeat(100_000), `${'('.repeat(17)}a${')'.repeat(17)}`])(
    'that rpm does not know requires nothing: %#',
    (text) => {
      expect(told(text)).toEqual([])
    },
  )
})
