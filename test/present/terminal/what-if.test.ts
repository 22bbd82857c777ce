import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Explorer, startExplorer } from '../../../src/present/terminal/explorer.ts'
import { countRemoved } from '../../../src/present/terminal/what-if.ts'
import { IMAGES, isoscope } from '../../cli/run.ts'
import { explorationOf, pressed, screenOf } from './explored.ts'

/** Keys that move and that remove, so that a random walk removes paths and references of all kinds. */
const WALK = ['down', 'down', 'down', 'end', 'right', 'right', 'left', 'backspace', 'v', 'x', 'x', 'X', 'X', 'w', 'u']

/** The bytes and the number that the header names. */
function told(state: Explorer): readonly [freed: number, removed: number] {
  const [, bytes, removed] = /\(−?([\d,]+) bytes, (\d+) removed\)/.exec(screenOf(state, WIDE)[0]!) ?? ['', '0', '0']
  return [Number(bytes!.replaceAll(',', '')), Number(removed)]
}
const WIDE = { columns: 120, rows: 24 }

/**
 * What goes without some owners and references, counted anew: what the roots reach before and after, with plain sets. It
 * knows nothing of dominators, and takes what owners share from the accounts.
 */
function freedByCounting({ exploration, whatIf }: Explorer): number {
  const { sizes, inventory } = exploration
  const { graph, roots } = sizes
  const reached = (owners: readonly number[], references: ReadonlySet<string>): ReadonlySet<number> => {
    const isRemoved = new Set(owners)
    const met = new Set(roots.map(({ node }) => node).filter((node) => !isRemoved.has(node)))
    for (const from of met) {
      for (const to of graph.references.list.slice(graph.references.start[from], graph.references.start[from + 1])) {
        if (!isRemoved.has(to) && !references.has(`${from} ${to}`)) met.add(to)
      }
    }
    return met
  }
  const { owners, references } = whatIf.removal
  const all = reached([], new Set())
  const left = reached(owners, new Set(references.map(({ from, to }) => `${from} ${to}`)))
  const gone = new Set([...all].filter((node) => !left.has(node)).map((node) => graph.keys[node]!))
  const { accounts, shared } = inventory.attribution
  // A kernel or an initrd that lies beside the roots too stays there for the boot loader.
  const isRoot = new Set(roots.map(({ node }) => graph.keys[node]!))
  const withRoots = new Set(accounts.filter(({ owner }) => isRoot.has(owner ?? '')).map(({ region }) => region))
  const held = accounts.filter(({ region }) => withRoots.has(region))
  const isHeld = new Set(held.map(({ owner }) => owner))
  const own = accounts
    .filter(({ owner = '', region }) => gone.has(owner) && (withRoots.has(region) || !isHeld.has(owner)))
    .reduce((sum, account) => sum + account.own, 0)
  return shared.reduce((bytes, some) => {
    const isFree = !some.others && some.owners.every((key) => gone.has(key))
    if (isFree) return bytes
    return bytes - some.owners.reduce((sum, key, index) => sum + (gone.has(key) ? some.shares[index]! : 0), 0)
  }, own)
}

describe('what if', () => {
  it.each(['mini.iso', 'mini-slim.iso'])(
    'agrees with a count of what is left of %s, for 100 random walks',
    async (name) => {
      const start = startExplorer(await explorationOf(IMAGES + name), 'iec')
      let checked = 0
      let most = 0
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...WALK), { minLength: 10, maxLength: 40 }), (keys) => {
          const state = pressed(start, ...keys)
          const [freed, removed] = told(state)
          expect(removed).toBe(countRemoved(state.whatIf))
          expect(freed).toBe(freedByCounting(state))
          if (removed > 0) checked += 1
          most = Math.max(most, removed)
        }),
        { numRuns: 100 },
      )
      expect(checked).toBeGreaterThan(30)
      expect(most).toBeGreaterThan(1)
    },
  )

  it('agrees with isoscope without, to the byte', async () => {
    const start = startExplorer(await explorationOf(`${IMAGES}mini.iso`), 'iec')
    const walks = [
      ['/', ...'nix-2', 'return', 'x'],
      ['/', ...'nixos-help', 'return', 'x', 'escape', '/', ...'initrd', 'return', 'x'],
      ['down', 'right', 'right', 'X', 'down', 'X', 'down', 'down', 'X'],
      ['/', ...'boost', 'return', 'w', 'end', 'x'],
      ['/', ...'perl-5', 'return', 'left', 'X', 'down', 'X'],
    ]
    for (const keys of walks) {
      const state = pressed(start, ...keys)
      const { owners, references } = state.whatIf.removal
      const nameOf = (node: number): string => `/nix/store/${state.exploration.sizes.graph.keys[node]!}`
      const words = [...owners.map(nameOf), ...references.map(({ from, to }) => `${nameOf(from)} -> ${nameOf(to)}`)]
      expect(words.length).toBeGreaterThan(0)
      const { stdout } = isoscope(['without', 'mini.iso', ...words, '--json'])
      expect(told(state)).toEqual([(JSON.parse(stdout.toString()) as { freed: number }).freed, words.length])
    }
  })

  it('takes back each step, and puts back what is removed twice', async () => {
    const start = startExplorer(await explorationOf(`${IMAGES}mini.iso`), 'iec')
    const one = pressed(start, 'down', 'x')
    const two = pressed(one, 'down', 'down', 'x')
    expect(told(pressed(two, 'u'))).toEqual(told(one))
    expect(told(pressed(two, 'u', 'u'))).toEqual([0, 0])
    expect(told(pressed(two, 'x'))).toEqual(told(one))
    expect(pressed(start, 'u').message).toBe('there is nothing to undo')
    // After undoing, marks are gone too.
    expect(screenOf(pressed(two, 'u', 'u', 'home'))).toEqual(screenOf(start))
  })

  it('asks why of what is left', async () => {
    const start = startExplorer(await explorationOf(`${IMAGES}mini.iso`), 'iec')
    const found = pressed(start, '/', ...'openssl', 'return', 'w')
    const gone = pressed(found, 'escape', 'x', 'w')
    expect(screenOf(gone).join('\n')).toContain('It goes: nothing that stays refers to it.')
    expect(screenOf(found).join('\n')).toContain('openssl')
  })
})
