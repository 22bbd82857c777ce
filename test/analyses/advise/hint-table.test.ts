import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { Hint } from '../../../src/analyses/advise/hint.ts'
import { HINT_TABLE, withIncluded } from '../../../src/analyses/advise/hint-table.ts'
import { isMatch, matchTable } from '../../../src/analyses/advise/matched-hint.ts'
import { matchingOf, type NixosParts, syntheticNixos } from './synthetic-nixos.ts'

const read = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'))
const FIXTURES = read('hint-fixtures.json') as Readonly<Record<string, NixosParts & { contents?: true }>>
const SOURCE = '../../../src/analyses/advise/nixos-hints.json'
const { entries, traps, refusals } = HINT_TABLE

describe('the table of hints', () => {
  it('is what the schema says', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
      read('../../../schemas/hints.json') as object,
    )
    expect(validate(read(SOURCE)), JSON.stringify(validate.errors)).toBe(true)
    const {
      entries: [first],
    } = read(SOURCE) as { entries: [object] }
    expect(validate({ ...(read(SOURCE) as object), entries: [{ ...first, certainty: ['rumour'] }] })).toBe(false)
  })

  it('is compiled from its source', () => {
    const { $schema: _, ...table } = read(SOURCE) as { $schema: string }
    expect(HINT_TABLE).toEqual(table)
  })

  it('names each entry once, and only entries, traps and options that there are', () => {
    const ids = entries.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, includes, needs, traps: some } of entries) {
      expect({ id, unknown: [...includes, ...needs].filter((other) => !ids.includes(other)) }).toEqual({
        id,
        unknown: [],
      })
      expect({ id, unknown: some.filter((key) => traps[key] === undefined) }).toEqual({ id, unknown: [] })
    }
    const options = new Set(entries.flatMap(({ options: some }) => some.map(({ name, value }) => `${name}=${value}`)))
    const named = new Set(entries.flatMap(({ options: some }) => some.map(({ name }) => name)))
    // A combination is refused for what some entry sets; what would allow it may be anybody's.
    for (const { if: all } of refusals) {
      const isKnown = all.some(({ option, value }) => options.has(`${option}=${value}`))
      expect(isKnown || all.every(({ option }) => named.has(option))).toBe(true)
    }
  })

  it('has a source and a way to count or a reason for not counting in each entry', () => {
    const wrong = entries.filter(
      ({ sources, removes, uncounted }) => sources.length === 0 || removes.length > 0 === (uncounted !== undefined),
    )
    expect(wrong.map(({ id }) => id)).toEqual([])
  })

  it('ends with what each entry includes', () => {
    for (const hint of entries) expect(withIncluded(hint)[0]).toBe(hint)
  })

  it('has a fixture for each entry', () => {
    expect(Object.keys(FIXTURES).sort()).toEqual(entries.map(({ id }) => id).sort())
  })
})

describe.each(entries.map((hint) => [hint.id, hint] as [string, Hint]))('%s', (id, hint) => {
  const parts = FIXTURES[id]!
  const matching = matchingOf(syntheticNixos(parts))

  it('is recognised by each of its patterns', () => {
    expect(hint.culprits.filter((culprit) => !isMatch(culprit, matching))).toEqual([])
    expect(hint.culprits.length).toBeGreaterThan(0)
  })

  it('applies to its fixture, and not to a system without it', () => {
    const appliesTo = (side: typeof matching): boolean =>
      matchTable({ ...HINT_TABLE, entries: [hint] }, side).applying.length === 1
    // Files in store paths are measured in contents, which a synthetic image does not have.
    if (parts.contents === true) {
      expect(matchTable({ ...HINT_TABLE, entries: [hint] }, matching).untested.map((one) => one.hint.id)).toEqual([id])
    } else expect(appliesTo(matching)).toBe(true)
    expect(appliesTo(matchingOf(syntheticNixos({ edges: [] })))).toBe(false)
  })
})
