import { describe, expect, it } from 'vitest'
import { type Check, check } from '../../src/analyses/check.ts'
import type { Rule } from '../../src/analyses/rules.ts'
import { wrapWords } from '../../src/present/text/wrap.ts'
import { basePath, syntheticSide } from '../analyses/synthetic-side.ts'
import { checkText } from './drawn-diff.ts'

/** A chain from a root to what is forbidden, and a package that is there twice, all with names of a length. */
function checkOf(length: number): Check {
  const name = (start: string): string => start + '-very-long'.repeat(30).slice(0, Math.max(length - start.length, 0))
  const chain = ['nixos-system', 'etc', 'units', 'unit', 'script', 'nix', 'nix-store', 'nix-expr'].map((start, hash) =>
    basePath(hash, name(start)),
  )
  const twice = ['2', '3'].map((digit) => `${digit.repeat(32)}-${name('grub')}`)
  const side = syntheticSide({
    roots: [chain[0]!],
    paths: [
      ...chain.map((base, index) => ({ base, own: 1e6 * (index + 1), references: chain.slice(index + 1, index + 2) })),
      ...twice.map((base) => ({ base, own: 5e6 })),
      { base: basePath(50, 'initrd-linux-6.1'), own: 14e6, region: '/boot' },
      { base: basePath(50, 'initrd-linux-6.1'), own: 13e6 },
    ],
    others: [{ kind: 'file', name: `/live/${name('initrd.img')}`, region: '/live', own: 2e6 }],
  })
  const { accounts } = side.attribution
  const withFiles = accounts.map((account) => (account.kind === 'file' ? { ...account, files: 1 } : account))
  const image = { ...side, attribution: { ...side.attribution, accounts: withFiles } }
  const subject = (text: string) => ({ kind: 'paths', name: `path:${text}`, globs: [text] }) as const
  const rules: Rule[] = [
    { kind: 'max', subject: { kind: 'image' }, max: 1e9 },
    { kind: 'max', subject: { kind: 'initrd' }, max: 40e6 },
    { kind: 'max', subject: subject('/live/*'), max: 1 },
    { kind: 'max', subject: subject(`/lvie/${name('x')}`), max: 1 },
    { kind: 'max', subject: subject(name('nixos-sytsem')), max: 1 },
    { kind: 'growth', subject: { kind: 'image' }, max: 1 },
    { kind: 'forbid', match: '*nix-expr*', reason: 'it is not needed to run what is in the image', except: [] },
    { kind: 'forbid', match: name('gcc'), reason: undefined, except: [] },
    { kind: 'noDuplicates', name: '*' },
  ]
  return check(rules, image, undefined, '2026-06-15')
}

const linesAt = (width: number, of: Check): string[] =>
  checkText(of, { width, color: false, unicode: true }, 'iec').trimEnd().split('\n')

describe('check as text', () => {
  it.each([
    [80, 10],
    [80, 40],
    [80, 200],
    [60, 10],
    [60, 40],
    [60, 200],
  ])('fits %d columns with names of %d characters', (width, length) => {
    const lines = linesAt(width, checkOf(length))
    expect(lines.length).toBeGreaterThan(9)
    expect(lines.filter((line) => line.length > width)).toEqual([])
  })

  it('keeps of a chain what is next to the target, and leaves out the root', () => {
    const [whole, at80, at60] = [Number.POSITIVE_INFINITY, 80, 60].map((width) =>
      linesAt(width, checkOf(12)).find((line) => line.includes('nix-expr-ver 7.6 MiB')),
    )
    expect(whole).toMatch(/ ← nix-store-ve ← nix-very-lon ← script-very- ← .* ← etc-very-lon ← nixos-system$/)
    expect(at80).toMatch(/^ +nix-expr-ver 7\.6 MiB ← nix-store-ve ← nix-very-lon ← …$/)
    expect(at60).toMatch(/^ +nix-expr-ver 7\.6 MiB ← nix-store-ve ← …$/)
  })

  it('shortens the only link that has no room, and not what it leads to', () => {
    const line = linesAt(60, checkOf(30)).find((some) => /^ +nix-exp/.test(some))!
    expect(line).toBe('             nix-expr-v…ry-long-v 7.6 MiB ← nix-st…long- ← …')
    expect(line).toHaveLength(60)
  })

  it('keeps the hash that tells two builds apart', () => {
    const lines = linesAt(80, checkOf(200)).filter((line) => line.includes('…-grub'))
    expect(lines).toHaveLength(2)
  })

  it('says a sentence in as many lines as it needs', () => {
    const lines = linesAt(60, checkOf(20))
    const at = lines.findIndex((line) => line.includes('SKIP'))
    const text = lines
      .slice(at, at + 6)
      .map((line) => line.trim())
      .join(' ')
    expect(text).toMatch(/no path in the image matches '\/lvie\/\S+( \S+)?; did you mean \/live\?/)
  })

  it('leaves nothing out where there is no end of columns', () => {
    const lines = linesAt(Number.POSITIVE_INFINITY, checkOf(200))
    expect(lines.some((line) => line.includes('←') && line.length > 1000)).toBe(true)
    expect(lines.filter((line) => /…(?!-grub)/.test(line))).toEqual([])
  })
})

describe('words in lines', () => {
  it('are broken at spaces, and within a word that is too long', () => {
    expect(wrapWords('a bc def', 4)).toEqual(['a bc', 'def'])
    expect(wrapWords('abcdefgh ij', 3)).toEqual(['abc', 'def', 'gh', 'ij'])
    expect(wrapWords('', 3)).toEqual([''])
    expect(wrapWords('a b', Number.POSITIVE_INFINITY)).toEqual(['a b'])
  })
})
