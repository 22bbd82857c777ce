import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Advice, advise } from '../../../src/analyses/advise.ts'
import { sizesOfInventory } from '../../../src/analyses/graph-sizes.ts'
import { sizeTree } from '../../../src/analyses/size-tree.ts'
import { without } from '../../../src/analyses/without.ts'
import { neighbours } from '../../../src/graph/reference-graph.ts'
import { openImage } from '../../../src/images/open-image.ts'
import { type Inventory, takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { packedText } from '../../../src/platform/node/packed-text.ts'
import { htmlPage } from '../../../src/present/html/html-page.ts'
import { imageDocument } from '../../../src/present/html/image-document.ts'
import { holdersTree, type ImageModel, imageModel } from '../../../src/present/html/page/image-model.ts'
import { layOut } from '../../../src/present/html/page/layout.ts'
import { FIRST_STATE, readState, stateText } from '../../../src/present/html/page/page-state.ts'
import { type Removed, readRemoval, removalText, withoutRemoved } from '../../../src/present/html/page/removal.ts'
import { search } from '../../../src/present/html/page/search.ts'
import { nodeAt, pathTo } from '../../../src/present/html/page/tree.ts'
import type { PageImage } from '../../../src/present/html/page-data.ts'
import { IMAGES } from '../../cli/run.ts'

let inventory: Inventory
let advice: Advice
let model: ImageModel

beforeAll(async () => {
  const open = openImage(`${IMAGES}mini.iso`)
  inventory = await takeInventoryOf(open, { files: true, inside: true, outside: true })
  advice = advise(inventory, sizesOfInventory(inventory, inventory.references!))
  const document = imageDocument(inventory, sizeTree(inventory, open), advice)
  // As a page gets it.
  model = imageModel(JSON.parse(JSON.stringify(document)) as PageImage)
  open.close()
})

describe('the data of a page', () => {
  it('adds up to the image, by places and by what holds what', () => {
    const { size } = inventory.image
    expect(size).toBe(2_097_152)
    expect(model.places.total[0]).toBe(size)
    expect(holdersTree(model, model.graph!).total[0]).toBe(size)
    const holders = holdersTree(model, model.graph!)
    for (let node = 0; node < holders.count; node += 1) {
      const owner = holders.owner[node]!
      if (owner >= 0) expect(holders.total[node]).toBe(model.graph!.sizes.retained[owner])
    }
  })

  it('has the sizes that the command line has', () => {
    const { own, retained, freed } = sizesOfInventory(inventory, inventory.references!)
    const { sizes } = model.graph!
    expect({ own: sizes.own, retained: sizes.retained, freed: sizes.freed }).toEqual({ own, retained, freed })
  })

  it('frees without any owners and references what `isoscope without` frees', () => {
    const sizes = sizesOfInventory(inventory, inventory.references!)
    const { keys, references } = sizes.graph
    const edges = [...keys.keys()].flatMap((from) => Array.from(neighbours(references, from), (to) => ({ from, to })))
    let freeing = 0
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(keys.length - 1), { maxLength: 12 }),
        fc.uniqueArray(fc.nat(edges.length - 1), { maxLength: 40 }),
        (owners, cut) => {
          const removed: Removed[] = owners.map((owner) => ({ kind: 'owner', owner }))
          if (cut.length > 0) removed.push({ kind: 'references', references: cut.map((index) => edges[index]!) })
          // A link carries them, too.
          const read = removed.map((one) => readRemoval(removalText(one), model)!)
          const expected = without(sizes, { owners, references: cut.map((index) => edges[index]!) })
          if (expected.freed > 0) freeing += 1
          const answer = withoutRemoved(model, read)
          if (removed.length === 0) expect(answer).toBeUndefined()
          else {
            const gone = expected.gone.map(({ node }) => node).sort((a, b) => a - b)
            expect(answer).toEqual({ bytes: expected.freed, nodes: gone, parts: [] })
          }
        },
      ),
      { numRuns: 200 },
    )
    expect(freeing).toBeGreaterThan(50)
  })

  it('frees with an item of the advice what `isoscope advise` says, and without parts of files what `isoscope without` says', () => {
    const sizes = sizesOfInventory(inventory, inventory.references!)
    let byReferences = 0
    for (const { hint, alone, removed } of advice.items) {
      const pretended = withoutRemoved(model, [readRemoval(hint.id, model)!])!
      expect(pretended.bytes, hint.id).toBe(alone.bytes)
      expect(pretended.nodes).toEqual(alone.nodes)
      if (removed.parts.length > 0 || removed.unrooted.length > 0) continue
      byReferences += 1
      expect(pretended.bytes, hint.id).toBe(without(sizes, { references: removed.references, owners: [] }).freed)
    }
    expect(byReferences).toBeGreaterThan(3)
    const followed = advice.items.filter(({ isFollowed }) => isFollowed)
    expect(followed.length).toBeGreaterThan(1)
    // Items have references in common, which free nothing twice.
    const all = followed.map(({ hint }): Removed => ({ kind: 'advice', id: hint.id }))
    expect(withoutRemoved(model, all)!.bytes).toBe(advice.total.bytes)
    expect(withoutRemoved(model, [...all, ...all])!.bytes).toBe(advice.total.bytes)
  })

  it('is in a page as text that nothing can end', () => {
    const document = { ...model.data, name: '</script><script>alert(1)</script>' }
    const given = { version: '1', documents: [document] }
    const html = htmlPage(given, packedText(JSON.stringify(given)))
    expect(html).toContain('<title>&#60;/script&#62;&#60;script&#62;alert(1)')
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).not.toMatch(/\s(src|href)\s*=\s*["']?(https?:)?\/\//)
    const [, packed] = /<script type="text\/plain" id="data">([\w+/=]*)<\/script>/.exec(html)!
    const data = JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString())
    expect(data.documents).toEqual([document])
  })
})

describe('a search in a page', () => {
  it('counts each byte of its matches once', () => {
    const { places } = model
    const all = search(places, 'nix-store.squashfs')!
    expect(all.matches).toHaveLength(1)
    expect(all.own).toBe(places.total[all.matches[0]!])
    const found = search(places, 'PERL')!
    const sum = found.matches.reduce((bytes, node) => bytes + places.total[node]!, 0)
    expect(found.own).toBe(sum)
    expect(found.matches.length).toBeGreaterThan(1)
    for (const node of found.matches) expect(found.marks[places.parent[node]!]).toBe(2)
    expect(search(places, '  ')).toBeUndefined()
    expect(search(places, 'perl/bin')?.own ?? 0).toBe(0)
    expect(search(places, 'perl-5.42.0/bin')!.own).toBeGreaterThan(0)
  })
})

describe('the map of a page', () => {
  it('lays boxes in the box above, side by side, as large as their bytes', () => {
    const { places } = model
    const boxes = layOut(places, 0, 800, 600)
    expect(boxes.length).toBeGreaterThan(50)
    const firsts = boxes.filter(({ depth }) => depth === 1)
    for (const [index, one] of firsts.entries()) {
      for (const other of firsts.slice(index + 1)) {
        const isApart = one.x1 <= other.x0 || other.x1 <= one.x0 || one.y1 <= other.y0 || other.y1 <= one.y0
        expect(isApart).toBe(true)
      }
      const area = (one.x1 - one.x0) * (one.y1 - one.y0)
      if (one.small === undefined) expect(area / (800 * 600)).toBeCloseTo(places.total[one.node]! / places.total[0]!, 1)
    }
    for (const { x0, y0, x1, y1 } of boxes) expect(Math.min(x0, y0) >= 0 && x1 < 800.001 && y1 < 600.001).toBe(true)
    expect(layOut(places, 0, 80, 60).length).toBeLessThan(boxes.length)
    expect(layOut(places, 0, 0, 0)).toEqual([])
  })
})

describe('a link to a page', () => {
  it('leads to what the page shows', () => {
    const { places } = model
    for (let node = 0; node < places.count; node += 7) expect(nodeAt(places, pathTo(places, node))).toBe(node)
    const state = { ...FIRST_STATE, view: 'holders', at: 'a/b c&=#', find: 'ü %', without: ['3', '1-2+4-5'] } as const
    expect(readState(stateText(state), 1)).toEqual(state)
    expect(stateText(FIRST_STATE)).toBe('')
    expect(readState('document=7&view=x&tab=&ascending=yes', 2)).toEqual(FIRST_STATE)
    expect([readRemoval('999999', model), readRemoval('1-x', model), readRemoval('', model)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
