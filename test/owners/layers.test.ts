import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { pathOf } from '../../parsers/image.ts'
import { exploration } from '../../src/analyses/exploration.ts'
import { ownAlone } from '../../src/analyses/folder.ts'
import { report } from '../../src/analyses/report.ts'
import { neighbours } from '../../src/graph/reference-graph.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { partsOfJson, partsToJson } from '../../src/inventory/json.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { type Inventory, inventoryOf, takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { markLayers, SHOWN } from '../../src/owners/layer-marks.ts'
import { entriesOf } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { rootOf } from '../../src/owners/root-file-system.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'
import { discOf } from './disc.ts'
import { SMALL_DEBIAN } from './dpkg/small-debian.ts'
import { edgesOf } from './package-edges.ts'
import { LAYERS, merged, openUbuntu, REMOVED, STATUS, VIM } from './small-ubuntu.ts'

const statusBelow = String(SMALL_DEBIAN[STATUS])

type Files = Readonly<Record<string, Content>>

/** The files of each package, by key. */
const filesOf = (open: OpenImage): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Array.from(ownersIn(open).owners, ([key, owner]) => [key, Array.from(entriesOf(owner), ({ path }) => path)]),
  )

const single = (files: Files): OpenImage => openSource(bytesSource(squashfsOf(files), 'debian.squashfs'))

/** A disc with layers by name, and other files. */
const discWith = (
  layers: Readonly<Record<string, Files>>,
  folder: string,
  others: Readonly<Record<string, string>> = {},
) =>
  discOf(
    {
      ...Object.fromEntries(Object.entries(layers).map(([name, files]) => [name, squashfsOf(files)])),
      ...Object.fromEntries(Object.entries(others).map(([name, text]) => [name, new TextEncoder().encode(text)])),
    },
    folder,
  )

/** The name of the file of an image. */
function nameOf({ outer }: OpenImage): string {
  return outer !== undefined && 'entry' in outer ? outer.entry.name : ''
}

/** The names of the layers of each root file system with several, the lowest one first. */
function stacksOf(open: OpenImage): readonly (readonly string[])[] {
  const roots = new Set(ownersIn(open).images.map(rootOf))
  return [...roots]
    .filter(({ layers }) => layers.length > 1)
    .map(({ layers }) => layers.map(({ open: layer }) => nameOf(layer)).reverse())
}

const hidden = ({ attribution }: Inventory, which: string): readonly string[] =>
  attribution.accounts.flatMap(({ inLayers, name }) => (inLayers === which ? name : []))

describe('packages of a layered system', () => {
  it('own the same files as in one image of the merged system', () => {
    const found = filesOf(openUbuntu())
    expect(found).toEqual(filesOf(single(merged(...LAYERS))))
    expect(Object.keys(found)).toContain('dpkg:nano:amd64=7.2-1')
    expect(Object.keys(found)).not.toContain('dpkg:vim:amd64=2:9.0.1378-2')
  })

  it('depend on each other as the topmost database says', async () => {
    const edges = await edgesOf(openUbuntu())
    expect(edges).toEqual(await edgesOf(single(merged(...LAYERS))))
    expect(edges).toContain('nano -> libc6 (structural)')
  })

  it('add up with what upper layers hide, which has a name and one sentence', async () => {
    const open = openUbuntu()
    const inventory = await takeInventoryOf(open)
    const { accounts, unowned, owners, hiddenByLayers } = report(inventory)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(hidden(inventory, 'shadowed')).toEqual(
      [
        'etc/machine-id',
        'etc/old.conf',
        'usr/bin/bash',
        'usr/bin/editor',
        'usr/bin/vim',
        'var/lib/dpkg/info/vim.list',
        STATUS,
      ]
        .map((path) => `/casper/minimal.squashfs/${path}`)
        .concat('/casper/minimal.standard.squashfs/usr/share/nano/rc'),
    )
    expect(hidden(inventory, 'whiteout')).toEqual([
      '/casper/minimal.standard.live.squashfs/etc/.wh.old.conf',
      '/casper/minimal.standard.live.squashfs/usr/lib/.wh..wh.plnk',
      '/casper/minimal.standard.squashfs/usr/bin/editor',
      '/casper/minimal.standard.squashfs/usr/bin/vim',
      '/casper/minimal.standard.squashfs/var/lib/dpkg/info/vim.list',
    ])
    const sumOf = (which: string): number =>
      accounts.reduce((sum, { inLayers, own }) => (inLayers === which ? sum + own : sum), 0)
    expect(hiddenByLayers).toEqual({
      shadowed: { own: sumOf('shadowed'), count: 7 },
      whiteout: { own: sumOf('whiteout'), count: 5 },
    })
    expect(unowned.find(({ name }) => name === 'shadowed by an upper layer')).toMatchObject({
      own: sumOf('shadowed'),
      files: 7,
    })
    expect(sumOf('shadowed')).toBeGreaterThan(0)
    const bash = owners.find(({ key }) => key === 'dpkg:bash:amd64=5.2.15-3')!
    expect(Object.keys(bash.ownByRegion)).toEqual(['/casper/minimal.standard.squashfs'])
    const nano = owners.find(({ pname }) => pname === 'nano')!
    expect(nano).toMatchObject({ files: 2, unpacked: 3600 + 1440 })
    expect(Object.keys(nano.ownByRegion)).toHaveLength(2)
  })

  it('have all their files in the explorer, which add up', async () => {
    const survey = new Survey(openUbuntu)
    const explored = exploration(await inventoryOf(survey, 'auto'), survey)
    const node = explored.owners.findIndex(({ pname }) => pname === 'nano')
    const folder = explored.ownerFolder(node)!
    expect(folder).toMatchObject({ own: explored.owners[node]!.own, files: 2, unpacked: 3600 + 1440 })
    expect(folder).not.toHaveProperty('copies')
    expect(ownAlone(folder)).toBe(0)
  })

  it('are the same after a saved inventory was read', async () => {
    const survey = new Survey(openUbuntu)
    const inventory = await inventoryOf(survey, 'auto', { files: true, outside: true })
    const saved = new Survey(
      () => {
        throw new Error('opened the image')
      },
      {},
      partsOfJson(partsToJson(survey.parts)),
    )
    expect(report(await inventoryOf(saved, 'auto', { files: true, outside: true }))).toEqual(report(inventory))
    expect([...inventory.files!.keys()]).toEqual([...ownersIn(openUbuntu()).owners.keys()])
  })
})

describe('packages of two layered systems with a layer in common', () => {
  const german: Files = {
    'usr/share/locale/de': 'de'.repeat(500),
    'etc/old.conf': REMOVED,
    'var/lib/dpkg/info/language-pack-de.list': '/usr/share/locale/de\n',
    [STATUS]: `Package: language-pack-de\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n${statusBelow}`,
  }
  const disc = (): OpenImage => {
    const names = ['minimal', 'minimal.standard', 'minimal.standard.live']
    const booted = Object.fromEntries(LAYERS.map((files, layer) => [`${names[layer]}.squashfs`, files]))
    return discWith({ ...booted, 'minimal.de.squashfs': german }, 'casper')
  }

  it('are those of both, with the files that each shows', () => {
    const found = filesOf(disc())
    const ofBooted = filesOf(single(merged(...LAYERS)))
    const ofGerman = filesOf(single(merged(SMALL_DEBIAN, german)))
    expect(found).toEqual({ ...ofGerman, ...ofBooted })
    const onlyGerman = Object.keys(ofGerman).filter((key) => !(key in ofBooted))
    expect(onlyGerman).toEqual([
      'dpkg:bash:amd64=5.2.15-2',
      'dpkg:language-pack-de:all=1',
      'dpkg:vim:amd64=2:9.0.1378-2',
    ])
  })

  it('are all counted, and hide nothing that the other system shows', async () => {
    const open = disc()
    const inventory = await takeInventoryOf(open)
    const { accounts, image, owners } = report(inventory)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(owners).toHaveLength(image.owners)
    // Both removed the last file of this one.
    const withFiles = new Set(ownersIn(open).owners.keys())
    expect(owners.map(({ key }) => key).filter((key) => !withFiles.has(key))).toEqual(['dpkg:old:amd64=1'])
    // Both hide these.
    const below = ['etc/old.conf', STATUS].map((path) => `/casper/minimal.squashfs/${path}`)
    expect(hidden(inventory, 'shadowed')).toEqual([...below, '/casper/minimal.standard.squashfs/usr/share/nano/rc'])
  })
})

describe('a damaged layered system', () => {
  const { file } = openUbuntu()
  const whole = file.read(0, file.size)
  /** The layers, without the disc around them. */
  const begin = 40 * 2048

  it('has sizes that add up, whatever is wrong', async () => {
    const offsets = fc.integer({ min: begin, max: whole.length - 1 })
    const changes = fc.array(fc.tuple(offsets, fc.integer({ min: 0, max: 255 })), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(changes, async (made) => {
        const bytes = Uint8Array.from(whole)
        for (const [at, value] of made) bytes[at] = value
        const open = openSource(bytesSource(bytes, 'live.iso'))
        const { accounts } = report(await takeInventoryOf(open, { files: true, outside: true }))
        assert.equal(
          accounts.reduce((sum, { own }) => sum + own, 0),
          bytes.length,
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('packages of several systems in one image', () => {
  const without = (files: Files, ...paths: readonly string[]): Files =>
    Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)))
  const other: Files = {
    ...without(SMALL_DEBIAN, 'usr/bin/vim', 'usr/bin/editor', 'usr/lib/libtinfo.so', 'var/lib/apt/extended_states'),
    'usr/bin/bash': 'bash'.repeat(2000),
    'usr/bin/nano': 'nano'.repeat(900),
    'var/lib/dpkg/info/nano.list': '/usr/bin/nano\n',
    [STATUS]: `Package: nano\nStatus: install ok installed\nVersion: 7.2-1\nArchitecture: amd64\nDepends: bash\n\n${statusBelow
      .replace(VIM, '')
      .replace('Version: 2.36-9\nMulti-Arch: same\n', 'Version: 2.40-1\nMulti-Arch: same\n')}`,
  }
  const disc = (): OpenImage => discWith({ 'a.squashfs': SMALL_DEBIAN, 'b.squashfs': other }, 'images')

  it('have bytes where they are, and one owner if both systems have the same', async () => {
    const open = disc()
    const { owners, accounts } = report(await takeInventoryOf(open))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    const places = Object.fromEntries(
      owners.map(({ key, ownByRegion }) => [
        key,
        Object.keys(ownByRegion)
          .map((path) => path.slice(8, 9))
          .join(' '),
      ]),
    )
    expect(places).toMatchObject({
      'dpkg:bash:amd64=5.2.15-2': 'a b',
      'dpkg:libc6:amd64=2.36-9': 'a',
      'dpkg:libc6:amd64=2.40-1': 'b',
      'dpkg:nano:amd64=7.2-1': 'b',
      'dpkg:vim:amd64=2:9.0.1378-2': 'a',
    })
  })

  it('are told to be paid for twice, with the systems that have them', async () => {
    const { paidTwice } = report(await takeInventoryOf(disc(), { inside: true }))
    const places = Object.fromEntries(
      paidTwice.map(({ owner, places: found }) => [owner, found.map(({ image }) => image)]),
    )
    expect([...places['dpkg:bash:amd64=5.2.15-2']!].sort()).toEqual(['/images/a.squashfs', '/images/b.squashfs'])
    expect(Object.keys(places)).not.toContain('dpkg:nano:amd64=7.2-1')
  })

  it('depend on what their own system has', async () => {
    const { references, roots } = await takeInventoryOf(disc())
    const { graph } = references!
    const edges = graph.keys.flatMap((from, node) =>
      Array.from(neighbours(graph.references, node), (to) => `${from} -> ${graph.keys[to]!}`),
    )
    expect(edges).toEqual(
      expect.arrayContaining([
        'dpkg:* -> dpkg:nano:amd64=7.2-1',
        'dpkg:* -> dpkg:vim:amd64=2:9.0.1378-2',
        'dpkg:nano:amd64=7.2-1 -> dpkg:bash:amd64=5.2.15-2',
        'dpkg:vim:amd64=2:9.0.1378-2 -> dpkg:libc6:amd64=2.36-9',
      ]),
    )
    expect(edges).not.toContain('dpkg:vim:amd64=2:9.0.1378-2 -> dpkg:libc6:amd64=2.40-1')
    expect(roots.map(({ reason }) => reason)).toEqual(['selection', 'unreferenced'])
  })

  it('are found in the file system that another image packs', () => {
    const packed = single({ 'LiveOS/rootfs.img': squashfsOf(SMALL_DEBIAN) })
    expect(filesOf(packed)).toEqual(filesOf(single(SMALL_DEBIAN)))
  })
})

describe('layers of live systems', () => {
  const layer = (name: string): Files => ({ [name]: name, [STATUS]: '' })
  const layersNamed = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, layer(name)]))
  const UBUNTU = [
    'minimal.squashfs',
    'minimal.de.squashfs',
    'minimal.standard.squashfs',
    'minimal.standard.de.squashfs',
    'minimal.standard.live.squashfs',
    'minimal.standard.secureboot.de.squashfs',
    'other.squashfs',
  ]

  it.each([
    [
      'casper’s names, of which "live" is booted',
      'casper',
      UBUNTU,
      {},
      [
        ['minimal.squashfs', 'minimal.standard.squashfs', 'minimal.standard.live.squashfs'],
        ['minimal.squashfs', 'minimal.standard.squashfs', 'minimal.standard.de.squashfs'],
        ['minimal.squashfs', 'minimal.de.squashfs'],
      ],
    ],
    [
      'layerfs-path= of the kernel command line',
      'casper',
      UBUNTU,
      { 'grub.cfg': 'linux /casper/vmlinuz layerfs-path=/cdrom/casper/minimal.standard.de.squashfs quiet' },
      [
        ['minimal.squashfs', 'minimal.standard.squashfs', 'minimal.standard.de.squashfs'],
        ['minimal.squashfs', 'minimal.standard.squashfs', 'minimal.standard.live.squashfs'],
        ['minimal.squashfs', 'minimal.de.squashfs'],
      ],
    ],
    [
      'casper’s names, of which the first "installer" is booted',
      'casper',
      [
        'server.squashfs',
        'server.installer.squashfs',
        'server.installer.generic.squashfs',
        'server.installer.generic-hwe.squashfs',
      ],
      {},
      [
        ['server.squashfs', 'server.installer.squashfs', 'server.installer.generic.squashfs'],
        ['server.squashfs', 'server.installer.squashfs', 'server.installer.generic-hwe.squashfs'],
      ],
    ],
    [
      'casper’s order of names where no name is above another',
      'casper',
      ['installer.squashfs', 'filesystem.squashfs'],
      {},
      [['filesystem.squashfs', 'installer.squashfs']],
    ],
    [
      'live-boot’s order of names, in which a name tells nothing else',
      'live',
      ['filesystem.squashfs', 'filesystem.more.squashfs'],
      {},
      [['filesystem.more.squashfs', 'filesystem.squashfs']],
    ],
    [
      'a list of live-boot',
      'live',
      ['10.squashfs', '20.squashfs', '30.squashfs'],
      { 'filesystem.module': '30.squashfs\n10.squashfs\nmissing.squashfs\n' },
      [['30.squashfs', '10.squashfs']],
    ],
    [
      'the list of the module that is booted',
      'live',
      ['10.squashfs', '20.squashfs', '30.squashfs'],
      {
        'filesystem.module': '30.squashfs 10.squashfs',
        'Tails.module': '10.squashfs 20.squashfs',
        'grub.cfg': 'linux /live/vmlinuz boot=live module=Tails quiet',
      },
      [
        ['10.squashfs', '20.squashfs'],
        ['30.squashfs', '10.squashfs'],
      ],
    ],
    [
      'a folder that live-media-path= names',
      'grml64',
      ['a.squashfs', 'b.squashfs'],
      { 'grub.cfg': 'linux /boot/vmlinuz live-media-path=/grml64/' },
      [['a.squashfs', 'b.squashfs']],
    ],
    ['nothing in another folder', 'images', ['a.squashfs', 'a.b.squashfs'], {}, []],
  ] as const)('lie on top of each other by %s', (_, folder, names, others, stacks) => {
    const open = discWith(layersNamed(...names), folder, others)
    expect([...stacksOf(open)].sort()).toEqual([...stacks].sort())
    // Layers that several stacks have in common belong to the one that is booted, here the first.
    const [booted = []] = stacks
    const own = ownersIn(open).images.filter((image) => booted.some((name) => name === nameOf(image)))
    expect(
      own.map((image) =>
        rootOf(image)
          .layers.map((layer) => nameOf(layer.open))
          .reverse(),
      ),
    ).toEqual(booted.map(() => booted))
  })

  it('show and hide entries as a copy of one over the other does', () => {
    const names = fc.constantFrom('a', 'b', 'c')
    const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    const contents = fc.constantFrom<'file' | 'whiteout' | 'aufs'>('file', 'file', 'file', 'whiteout', 'aufs')
    const layers = fc.array(fc.array(fc.tuple(paths, contents), { minLength: 1, maxLength: 8 }), {
      minLength: 2,
      maxLength: 4,
    })
    fc.assert(
      fc.property(layers, (made) => {
        const all = made.map((entries, number) => layerOf(entries, String(number)))
        const layers = all.map((files) => single(files)).reverse()
        const shown = new Map<string, string>()
        for (const [layer, marks] of markLayers(layers).marks.entries()) {
          const { tree } = layers[layer]!.image
          for (let index = 1; index < tree.count; index += 1) {
            if (marks[index] !== SHOWN || tree.typeOf(index) === 'directory') continue
            const path = pathOf(tree, { index }).slice(1)
            assert(!shown.has(path))
            shown.set(path, String(all.length - 1 - layer))
          }
        }
        assert.deepEqual(Object.fromEntries(shown), merged(...all))
      }),
      { numRuns: 100 },
    )
  })
})

/** A layer whose files hold its name. Of entries that exclude each other, the first one is there. */
function layerOf(entries: readonly (readonly [string, 'file' | 'whiteout' | 'aufs'])[], name: string): Files {
  const files = new Map<string, Content>()
  for (const [path, what] of entries) {
    const at = what === 'aufs' ? path.replace(/[^/]+$/, '.wh.$&') : path
    const excludes = (other: string): boolean =>
      other === at || other.startsWith(`${at}/`) || at.startsWith(`${other}/`)
    if ([...files.keys()].some(excludes)) continue
    files.set(at, what === 'file' ? name : what === 'aufs' ? '' : REMOVED)
  }
  return Object.fromEntries(files)
}
