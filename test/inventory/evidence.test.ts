import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { openImage } from '../../src/images/open-image.ts'
import { type Evidence, evidenceOf } from '../../src/inventory/evidence.ts'
import { type NamedReference, referenceKey } from '../../src/owners/named-reference.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { excerptAt } from '../../src/owners/excerpt.ts'
import { KINDS } from '../../src/owners/mentions.ts'
import { HASH_LENGTH } from '../../src/owners/nix/reference-scanner.ts'
import { edgesOf } from '../graph/random-graph.ts'

const open = openImage(fileURLToPath(new URL('../../fixtures/images/mini.iso', import.meta.url)))
afterAll(() => open.close())

const placesIn = ({ references }: Evidence, reference: NamedReference) =>
  references.get(referenceKey(reference))!.places
const isUnread = ({ references }: Evidence, reference: NamedReference) =>
  references.get(referenceKey(reference))!.isUnread

describe('evidence', () => {
  it('of every registered reference is the same from a scan and without one, and there is some', async () => {
    const fresh = new Survey(() => open)
    const scanned = new Survey(() => open)
    await scanned.scan()
    const { graph } = (await fresh.references('registration'))!
    const references: NamedReference[] = edgesOf(graph).map(({ from, to }) => ({
      from: graph.keys[from]!,
      to: graph.keys[to]!,
    }))
    expect(references.length).toBeGreaterThan(100)
    const found = evidenceOf(fresh, references)
    const known = evidenceOf(scanned, references)
    expect(fresh.parts.scan).toBeUndefined()
    expect([...found.failures, ...known.failures]).toEqual([])
    const kinds = new Set<string>()
    let several = 0
    for (const reference of references) {
      const places = placesIn(known, reference)
      expect(places.length).toBeGreaterThan(0)
      expect(placesIn(found, reference)).toEqual(places.slice(0, 1))
      const order = places.map(({ kind }) => KINDS.indexOf(kind))
      expect(order).toEqual([...order].sort())
      for (const place of places) {
        const { hash } = excerptAt(scanned.owners.get(reference.from)!, place)!
        expect(hash).toBe(reference.to.slice(0, HASH_LENGTH))
      }
      if (places.length > 1) several += 1
      kinds.add(places[0]!.kind)
    }
    expect(kinds).toEqual(new Set(KINDS))
    expect(several).toBeGreaterThan(10)
  })

  it('is wanting where a path cannot be read, if it is not found in the rest of it', () => {
    const error = new FormatError('MALFORMED', 'broken', { source: 'x', structure: 'data block', offset: 7 })
    const mentions = [{ from: 'a', to: 'b', path: 'f', kind: 'content', offset: 3 } as const]
    const survey = new Survey(() => open, {}, { scan: { mentions, failures: [{ owner: 'a', error }] } })
    const [ab, ac, bc] = [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'c' },
    ] as const
    const whole = evidenceOf(survey, [ab, bc])
    expect(whole.failures).toEqual([])
    expect([ab, bc].map((reference) => isUnread(whole, reference))).toEqual([false, false])
    expect(placesIn(whole, ab)).toEqual([{ path: 'f', kind: 'content', offset: 3 }])
    const part = evidenceOf(survey, [ab, ac, bc])
    expect(part.failures).toEqual([error])
    expect([ab, ac, bc].map((reference) => isUnread(part, reference))).toEqual([false, true, false])
  })
})
