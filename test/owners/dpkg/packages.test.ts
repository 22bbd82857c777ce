import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { pathBuilder } from '../../../parsers/image.ts'
import { duplicatePackages } from '../../../src/analyses/duplicate-packages.ts'
import { sizesOfInventory } from '../../../src/analyses/graph-sizes.ts'
import { report } from '../../../src/analyses/report.ts'
import { ownerMatcher } from '../../../src/analyses/subject-parts.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { partsOfJson, partsToJson } from '../../../src/inventory/json.ts'
import { Survey } from '../../../src/inventory/survey.ts'
import { inventoryOf, takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { isList } from '../../../src/owners/dpkg/database.ts'
import { findOwners } from '../../../src/owners/find-owners.ts'
import { kindsOf } from '../../../src/owners/kinds-of.ts'
import { entriesOf } from '../../../src/owners/owner.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { referencesOf } from '../../../src/owners/references.ts'
import { shortNames } from '../../../src/views/owner-names.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { SMALL_DEBIAN } from './small-debian.ts'

const imageOf = (files: Readonly<Record<string, Content>>): OpenImage =>
  openSource(bytesSource(squashfsOf(files), 'debian.squashfs'))

const BASH = 'dpkg:bash:amd64=5.2.15-2'
const VIM = 'dpkg:vim:amd64=2:9.0.1378-2'

/** The paths of each owner, by key. */
const pathsOf = (open: OpenImage): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Array.from(ownersIn(open).owners, ([key, owner]) => [key, [...entriesOf(owner)].map(({ path }) => path)]),
  )

describe('packages of dpkg', () => {
  it('own the files of their lists: through links, where diverted, and with configuration files that are left', () => {
    expect(pathsOf(imageOf(SMALL_DEBIAN))).toEqual({
      [BASH]: ['usr/bin/bash'],
      'dpkg:libc6:amd64=2.36-9': ['usr/lib/x86_64-linux-gnu/libc.so.6'],
      'dpkg:libc6:i386=2.36-9': ['usr/lib/i386-linux-gnu/libc.so.6'],
      'dpkg:libtinfo6:amd64=6.4-4': ['usr/lib/libtinfo.so'],
      'dpkg:linux-perf:amd64=6.1.1': ['usr/bin/perf.wrapper'],
      'dpkg:old:amd64=1': ['etc/old.conf'],
      'dpkg:perf-wrapper:all=1': ['usr/bin/perf'],
      [VIM]: ['usr/bin/editor', 'usr/bin/vim'],
    })
  })

  it('have sizes that add up to the file with those of all other files', async () => {
    const open = imageOf(SMALL_DEBIAN)
    const { accounts, owners, noun } = report(await takeInventoryOf(open))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(noun).toEqual(['package', 'packages'])
    expect(owners.find(({ key }) => key === VIM)).toMatchObject({
      path: VIM,
      name: 'vim 2:9.0.1378-2',
      pname: 'vim',
      version: '2:9.0.1378-2',
      unpacked: 9000,
      files: 1,
    })
  })

  it('depend on each other; what a user chose and what is essential hangs on the selection', async () => {
    const { references, roots, kind, composition } = await takeInventoryOf(imageOf(SMALL_DEBIAN))
    const { graph } = references!
    const kinds = kindsOf(kind, graph, roots, composition)
    const name = (node: number): string => graph.keys[node]!.replace(/^dpkg:/, '')
    const edges = graph.keys.flatMap((_, from) =>
      Array.from(
        graph.references.list.subarray(graph.references.start[from], graph.references.start[from + 1]),
        (to) => [name(from), name(to), kinds.of({ from, to })],
      ),
    )
    expect(edges).toEqual([
      ['*', 'bash:amd64=5.2.15-2', 'structural'],
      ['*', 'libc6:i386=2.36-9', 'chosen'],
      ['*', 'perf-wrapper:all=1', 'chosen'],
      ['*', 'vim:amd64=2:9.0.1378-2', 'chosen'],
      ['bash:amd64=5.2.15-2', 'libc6:amd64=2.36-9', 'structural'],
      ['bash:amd64=5.2.15-2', 'libtinfo6:amd64=6.4-4', 'structural'],
      ['libtinfo6:amd64=6.4-4', 'libc6:amd64=2.36-9', 'structural'],
      ['linux-perf:amd64=6.1.1', 'libc6:amd64=2.36-9', 'structural'],
      ['perf-wrapper:all=1', 'vim:amd64=2:9.0.1378-2', 'structural'],
      ['vim:amd64=2:9.0.1378-2', 'libc6:amd64=2.36-9', 'structural'],
      ['vim:amd64=2:9.0.1378-2', 'libtinfo6:amd64=6.4-4', 'structural'],
      ['vim:amd64=2:9.0.1378-2', 'linux-perf:amd64=6.1.1', 'chosen'],
    ])
    expect(roots.map(({ node, reason }) => [name(node), reason])).toEqual([
      ['*', 'selection'],
      ['old:amd64=1', 'unreferenced'],
    ])
  })

  it('hang on the selection if nothing depends on them, where apt keeps no record', async () => {
    const { 'var/lib/apt/extended_states': _, ...files } = SMALL_DEBIAN
    const { references } = await takeInventoryOf(imageOf(files))
    const { graph } = references!
    const [start, end] = [graph.references.start[0]!, graph.references.start[1]!]
    expect(graph.keys[0]).toBe('dpkg:*')
    expect(Array.from(graph.references.list.subarray(start, end), (node) => graph.keys[node])).toEqual([
      BASH,
      'dpkg:libc6:i386=2.36-9',
      'dpkg:linux-perf:amd64=6.1.1',
      'dpkg:perf-wrapper:all=1',
    ])
  })

  it('are found by name, and told apart by architecture', () => {
    const keys = [...ownersIn(imageOf(SMALL_DEBIAN)).owners.keys()]
    expect(findOwners(keys, 'vim').map((found) => keys[found])).toEqual([VIM])
    const names = shortNames(keys)
    expect(findOwners(keys, 'libc6').map((found) => names(keys[found]!))).toEqual([
      'libc6:amd64 2.36-9',
      'libc6:i386 2.36-9',
    ])
    expect(names(VIM)).toBe('vim 2:9.0.1378-2')
    for (const pattern of ['libc6:i386', 'libc6:i386 2.36-9']) {
      expect(findOwners(keys, pattern).map((found) => keys[found])).toEqual(['dpkg:libc6:i386=2.36-9'])
      expect(keys.filter(ownerMatcher([pattern]))).toEqual(['dpkg:libc6:i386=2.36-9'])
    }
  })

  it('are no duplicates if they are there for several architectures', async () => {
    const inventory = await takeInventoryOf(imageOf(SMALL_DEBIAN))
    expect(duplicatePackages(inventory, sizesOfInventory(inventory, inventory.references!)).packages).toEqual([])
  })

  it('of all architectures depend on those of the architecture of dpkg', async () => {
    const status = `${SMALL_DEBIAN['var/lib/dpkg/status'] as string}\nPackage: any\nVersion: 1\nArchitecture: all\nDepends: libc6\n`
    const lists = { 'var/lib/dpkg/info/any.list': '/.\n', 'var/lib/dpkg/arch': 'amd64\ni386\n' }
    const { references } = await takeInventoryOf(imageOf({ ...SMALL_DEBIAN, ...lists, 'var/lib/dpkg/status': status }))
    const { keys, references: edges } = references!.graph
    const any = keys.indexOf('dpkg:any:all=1')
    const needed = Array.from(edges.list.subarray(edges.start[any], edges.start[any + 1]), (to) => keys[to])
    expect(needed).toEqual(['dpkg:libc6:amd64=2.36-9'])
  })

  it('are the same after a saved inventory was read', async () => {
    const survey = new Survey(() => imageOf(SMALL_DEBIAN))
    const inventory = await inventoryOf(survey, 'auto', { files: true })
    const saved = new Survey(
      () => {
        throw new Error('opened again')
      },
      {},
      partsOfJson(JSON.parse(JSON.stringify(partsToJson(survey.parts)))),
    )
    expect(await inventoryOf(saved, 'auto', { files: true })).toEqual(inventory)
  })

  it('stand beside store paths in one image', async () => {
    const hash = '0123456789abcdfghijklmnpqrsvwxyz'
    const open = imageOf({
      ...SMALL_DEBIAN,
      [`nix/store/${hash}-hello-2.12/bin/hello`]: 'hello'.repeat(100),
      'nix-path-registration': `/nix/store/${hash}-hello-2.12\n${'0'.repeat(64)}\n100\n\n0\n`,
    })
    const inventory = await takeInventoryOf(open)
    const { owners, references } = report(inventory)
    expect(inventory.kind).toBe('nix+dpkg')
    expect(owners.map(({ path }) => path)).toContain(`/nix/store/${hash}-hello-2.12`)
    expect(owners.map(({ path }) => path)).toContain(VIM)
    expect(references!.roots.map(({ owner, reason }) => [owner, reason])).toContainEqual(['dpkg:*', 'selection'])
    expect(inventory.attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
  })

  it('stand beside store paths whose references come from a scan, where nothing registers them', async () => {
    const [hello, glibc] = ['0', '1'].map((digit) => `${digit}123456789abcdfghijklmnpqrsvwxyz`)
    const open = imageOf({
      ...SMALL_DEBIAN,
      init: `#! /nix/store/${hello}-hello-2.12/bin/hello`,
      [`nix/store/${hello}-hello-2.12/bin/hello`]: `/nix/store/${glibc}-glibc-2.40/lib/ld.so`,
      [`nix/store/${glibc}-glibc-2.40/lib/ld.so`]: 'ld',
    })
    for (const from of ['auto', 'scan'] as const) {
      const inventory = await takeInventoryOf(open, { references: from })
      const { graph, origin } = inventory.references!
      const refersTo = (key: string): readonly string[] => referencesOf(inventory.references!, key)
      expect(origin).toBe('scan')
      expect(refersTo(`${hello}-hello-2.12`)).toEqual([`${glibc}-glibc-2.40`])
      expect(refersTo(BASH)).toEqual(['dpkg:libc6:amd64=2.36-9', 'dpkg:libtinfo6:amd64=6.4-4'])
      const { roots } = inventory
      expect(roots.map(({ node, reason }) => [graph.keys[node], reason])).toContainEqual([
        `${hello}-hello-2.12`,
        'init',
      ])
    }
  })

  it('of a damaged database stop no report, and its sum stays exact', async () => {
    const pieces = [
      'Package: ',
      'Version: ',
      'Depends: ',
      'bash',
      '/../..',
      '/bin',
      '\n',
      '\n\n',
      ' ',
      ':',
      '=',
      ',',
      '|',
      '(',
      '\xff',
      '*',
    ]
    const damaged = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join(''))
    await fc.assert(
      fc.asyncProperty(damaged, damaged, damaged, async (status, list, states) => {
        const open = imageOf({
          ...SMALL_DEBIAN,
          'var/lib/dpkg/status': `${SMALL_DEBIAN['var/lib/dpkg/status'] as string}\n${status}`,
          'var/lib/dpkg/info/vim.list': list,
          'var/lib/dpkg/diversions': list,
          'var/lib/apt/extended_states': states,
        })
        const { accounts } = report(await takeInventoryOf(open))
        expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
      }),
      { numRuns: 60 },
    )
  })

  it('are missing with a sentence where dpkg itself would complain', () => {
    const status = SMALL_DEBIAN['var/lib/dpkg/status'] as string
    const problemsOf = (files: Readonly<Record<string, Content>>): readonly string[] =>
      ownersIn(imageOf({ ...SMALL_DEBIAN, ...files })).problems.map(({ message }) => message)
    const { 'var/lib/dpkg/info/vim.list': _, ...withoutList } = SMALL_DEBIAN
    expect(problemsOf({})).toEqual([])
    expect(problemsOf({ 'var/lib/dpkg/status': '' })).toEqual([])
    expect(ownersIn(imageOf(withoutList)).problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/dpkg\/info.*the list of files of "vim" is missing$/s),
    ])
    for (const [damaged, complaint] of [
      ['\xff\0no text at all\n', 'has no record of a package'],
      ['a: b\n', '1 of its paragraphs lack'],
      [`${status}\nPackage: cut\nStatus: install ok inst`, '1 of its paragraphs lack'],
      [status.slice(0, status.indexOf('Depends: editor') + 10), 'ends within a line'],
    ]) {
      expect(problemsOf({ 'var/lib/dpkg/status': damaged! })).toEqual([
        expect.stringMatching(new RegExp(`dpkg/status.*${complaint}`, 's')),
      ])
    }
  })

  it('are left out with a sentence if a key cannot hold what they are called', () => {
    const odd = ['a/b', 'c=d', 'e'].map((name) => `Package: ${name}\nVersion: 1\nStatus: install ok installed\n`)
    const { owners, problems } = ownersIn(
      imageOf({
        'var/lib/dpkg/status': odd.join('\n'),
        'var/lib/dpkg/info/e.list': '/x\n',
        x: 'x',
        'var/lib/dpkg/info/a/b.list': '',
        'var/lib/dpkg/info/c=d.list': '',
      }),
    )
    expect([...owners.keys()]).toEqual(['dpkg:e:=1'])
    expect(problems.map(({ message }) => message)).toEqual([
      'debian.squashfs: packages of dpkg at 0x0: the name or the version of "a/b" is none of dpkg, and of 1 more; they are left out',
    ])
  })

  it('of all architectures are automatic if apt records them under that of the system', async () => {
    const states = `${SMALL_DEBIAN['var/lib/apt/extended_states']}\nPackage: perf-wrapper\nArchitecture: amd64\nAuto-Installed: 1\n`
    const { references } = await takeInventoryOf(imageOf({ ...SMALL_DEBIAN, 'var/lib/apt/extended_states': states }))
    expect(referencesOf(references!, 'dpkg:*')).not.toContain('dpkg:perf-wrapper:all=1')
    expect(referencesOf(references!, 'dpkg:*')).toContain(VIM)
  })

  it('have lists of any length', () => {
    expect(isList('/.\n/usr/bin/bash\n'.repeat(2_000_000))).toBe(true)
    for (const list of ['/a', 'a\n', '/a\n\n', '/a\nb\n', '\n']) expect(isList(list), list).toBe(false)
  })

  it('of distroless images come from a file each', () => {
    const open = imageOf({
      'usr/bin/tool': 'tool',
      'var/lib/dpkg/status.d/tool': 'Package: tool\nVersion: 1\nArchitecture: amd64\n',
      'var/lib/dpkg/status.d/tool.md5sums': `${'0'.repeat(32)}  usr/bin/tool\n`,
    })
    expect(pathsOf(open)).toEqual({ 'dpkg:tool:amd64=1': ['usr/bin/tool'] })
  })

  it('are as many as the database tells; what it lacks belongs to no package', () => {
    const open = imageOf(SMALL_DEBIAN)
    const pathOf = pathBuilder(open.image.tree)
    const owned = new Set(Object.values(pathsOf(open)).flat())
    const others = Array.from({ length: open.image.tree.count }, (_, index) => index)
      .filter((index) => open.image.tree.typeOf(index) === 'file')
      .map((index) => pathOf(index))
      .filter((path) => !owned.has(path.slice(1)) && !path.startsWith('/var/lib'))
    expect(others).toEqual(['/etc/machine-id'])
  })
})
