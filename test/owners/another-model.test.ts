import { describe, expect, it } from 'vitest'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { report } from '../../src/analyses/report.ts'
import { why } from '../../src/analyses/why.ts'
import { numberOfKey, referenceGraph } from '../../src/graph/reference-graph.ts'
import { contentSource } from '../../src/images/content-reader.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { outsideEntries } from '../../src/inventory/image-files.ts'
import { partsOfJson, partsToJson } from '../../src/inventory/json.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { findOwners } from '../../src/owners/find-owners.ts'
import { OWNER_MODELS } from '../../src/owners/models.ts'
import type { OwnerModel } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { placesIn } from '../../src/owners/places-of-references.ts'
import { PLAIN } from '../../src/present/text/style.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { reportText } from '../present/drawn-report.ts'

/** A package of a line "name version path path : dependency dependency" of /packages. */
interface Package {
  readonly key: string
  readonly paths: readonly string[]
  readonly needs: readonly string[]
}

function packagesIn({ image, reader }: OpenImage): Package[] {
  const entry = image.tree.entries.find(({ name }) => name === 'packages')
  if (entry === undefined) return []
  const source = contentSource(reader, entry)
  const lines = Buffer.from(source.read(0, source.size)).toString().trim().split('\n')
  return lines.map((line) => {
    const [own, needs = ''] = line.split(' : ')
    const [name, version, ...paths] = own!.split(' ')
    return { key: `toy:${name}@${version}`, paths, needs: needs.split(' ').filter((need) => need !== '') }
  })
}

/** Packages whose entries lie in several directories, and whose contents do not name each other. */
const toy: OwnerModel = {
  kind: 'toy',
  noun: ['package', 'packages'],
  directory: '',
  isKey: (text) => text.startsWith('toy:'),
  nameOf: (key) => key.slice(4),
  split: (key) => ({ name: key.slice(4), pname: /^toy:(.*)@/.exec(key)![1]!, version: /@(.*)$/.exec(key)![1]! }),
  packageOf: (key) => ({ name: /^toy:(.*)@/.exec(key)![1]!, version: /@(.*)$/.exec(key)![1]!, output: '' }),
  find(open) {
    const { entries } = open.image.tree
    const pathOf = pathBuilder(open.image.tree)
    const packages = packagesIn(open)
    const first = new Map<string, number>()
    const ownerOf = Uint32Array.from(entries, (entry) => {
      const key = packages.find(({ paths }) => paths.includes(pathOf(entry.index)))?.key
      if (key === undefined) return entry.index
      if (!first.has(key)) first.set(key, entry.index)
      return first.get(key)!
    })
    const keys = new Map(Array.from(first, ([key, index]) => [index, key]))
    const isBroken = packages.some(({ key }) => key.includes('broken'))
    const place = { source: 'test', structure: 'packages', offset: 0 }
    return {
      ownerOf,
      isOwner: Uint8Array.from(entries, ({ index }) => (keys.has(index) ? 1 : 0)),
      keyOf: ({ index }) => keys.get(index)!,
      problems: isBroken ? [new FormatError('MALFORMED', 'a package is broken', place)] : [],
    }
  },
  *entriesOf({ open, tree, entry }) {
    const pathOf = pathBuilder(open.image.tree)
    for (const other of open.image.tree.entries) {
      if (tree.ownerOf[other.index] === entry.index) yield { open, entry: other, path: pathOf(other.index) }
    }
  },
  declared(images, keys) {
    const packages = images.flatMap(packagesIn)
    const names = [...keys].sort()
    const edges = packages.flatMap(({ key, needs }) =>
      needs.flatMap((need) => [names.indexOf(key), names.findIndex((name) => name.startsWith(`toy:${need}@`))]),
    )
    const facts = {
      origin: 'registration',
      directory: '',
      contentHashes: new Map(),
      warnings: [],
      incomplete: [],
    } as const
    return { ...facts, graph: referenceGraph(names, edges) }
  },
  startedBy: () => new Set(),
  rootReason: () => undefined,
}
// Each test file has modules of its own.
;(OWNER_MODELS as readonly OwnerModel[] as OwnerModel[]).push(toy)

const imageOf = (packages: string) =>
  openSource(
    bytesSource(
      squashfsOf({
        packages,
        'bin/a': 'a'.repeat(5000),
        'lib/a': 'more of a',
        'lib/b': 'b'.repeat(3000),
        free: 'free',
      }),
      'toy.squashfs',
    ),
  )
const PACKAGES = 'a 1.0 /bin/a /lib/a : b\nb 2.0 /lib/b : \n'

describe('an owner model of packages', () => {
  it('has the bytes of its entries, wherever they lie', async () => {
    const open = imageOf(PACKAGES)
    const { accounts, owners, noun, references } = report(await takeInventoryOf(open))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(
      owners.map(({ key, path, pname, version, files, unpacked }) => [key, path, pname, version, files, unpacked]),
    ).toEqual(
      expect.arrayContaining([
        ['toy:a@1.0', 'toy:a@1.0', 'a', '1.0', 2, 5009],
        ['toy:b@2.0', 'toy:b@2.0', 'b', '2.0', 1, 3000],
      ]),
    )
    expect(noun).toEqual(['package', 'packages'])
    expect(references!.roots.map(({ owner, reason }) => [owner, reason])).toEqual([['toy:a@1.0', 'unreferenced']])
    const { own } = owners.find(({ key }) => key === 'toy:b@2.0')!
    expect(references!.holdings.get('toy:b@2.0')).toMatchObject({ retained: own, referrers: ['toy:a@1.0'] })
    // Only another build of a removes it.
    expect(references!.bestCuts).toEqual([])
  })

  it('is named in a report, and found by name', async () => {
    const inventory = await takeInventoryOf(imageOf(PACKAGES))
    const options = { style: PLAIN, unit: 'iec', top: 1, sort: 'own', min: 0, fullPaths: true } as const
    const text = reportText(report(inventory), options)
    expect(text).toMatch(/2 packages/)
    expect(text).toMatch(/PACKAGE/)
    expect(text).toMatch(/\[1 more package\]/)
    expect(text).not.toMatch(/store path|\/toy:/)
    const { graph } = inventory.references!
    expect(findOwners(graph.keys, 'a')).toEqual([numberOfKey(graph, 'toy:a@1.0')])
    const sizes = graphSizes(inventory.attribution, { graph }, inventory.roots)
    expect(why(sizes, numberOfKey(graph, 'toy:b@2.0'), { from: undefined, all: false }).single).toHaveLength(1)
  })

  it('leaves the other entries without an owner', () => {
    const open = imageOf(PACKAGES)
    const paths = Array.from(outsideEntries(open, ownersIn(open).owners), ({ path }) => path)
    expect(paths.sort()).toEqual(['/', '/bin', '/free', '/lib', '/packages'])
  })

  it('has nothing to scan for, and no places of references', async () => {
    const open = imageOf(PACKAGES)
    const survey = new Survey(() => open)
    expect(await survey.scan()).toEqual({ mentions: [], failures: [] })
    expect(await survey.references('scan')).toBeUndefined()
    const { graph } = (await survey.references('auto'))!
    const fail = (): never => expect.fail('no content can hold a place')
    expect(placesIn(survey.owners, graph, true, fail)(0, [1]).size).toBe(0)
  })

  it('is kept with what is known of the image', async () => {
    const survey = new Survey(() => imageOf(PACKAGES))
    await survey.references('auto')
    expect(survey.keys).toEqual(['toy:a@1.0', 'toy:b@2.0'])
    const summary = await survey.summary()
    expect(summary.owners).toBe(2)
    expect(survey.files.get('toy:a@1.0')!.map(({ path }) => path)).toEqual(['/bin/a', '/lib/a'])
    const again = new Survey(() => expect.fail('opened'), {}, partsOfJson(partsToJson(survey.parts)))
    expect([again.model.kind, again.keys, await again.summary()]).toEqual(['toy', survey.keys, summary])
  })

  it('makes a report incomplete if it cannot find all owners', async () => {
    const { attribution } = await takeInventoryOf(imageOf('broken 1 /bin/a : \n'))
    expect(attribution.warnings.map(({ detail }) => detail)).toEqual(['a package is broken'])
    expect(attribution.complete).toBe(false)
  })

  it('has its owners beside those of Nix, each with its own entries', async () => {
    const key = `${'1'.repeat(32)}-x`
    const open = openSource(bytesSource(squashfsOf({ packages: PACKAGES, 'bin/a': 'a', [key]: 'x' }), 'both.squashfs'))
    const { model, owners } = ownersIn(open)
    expect(model.kind).toBe('nix+toy')
    expect(Array.from(owners.values(), (owner) => [owner.key, owner.entry.name])).toEqual([
      [key, key],
      ['toy:a@1.0', 'a'],
    ])
  })
})
