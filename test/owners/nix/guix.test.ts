import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { report } from '../../../src/analyses/report.ts'
import { neighbours } from '../../../src/graph/reference-graph.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { partsOfJson, partsToJson } from '../../../src/inventory/json.ts'
import { Survey } from '../../../src/inventory/survey.ts'
import { inventoryOf, takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { kindsOf } from '../../../src/owners/kinds-of.ts'
import { nameOf } from '../../../src/owners/names.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { reportJson } from '../../../src/present/json/report.ts'
import { plainWords } from '../../../src/present/text/cell.ts'
import { rootReason } from '../../../src/views/references.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'

const [SYSTEM, OLD, BASH, LIBC] = ['system', 'system', 'bash-5.2.37', 'glibc-2.41'].map(
  (name, at) => `${'0123'.charAt(at).repeat(32)}-${name}`,
) as [string, string, string, string]

const inStore = (base: string): string => `/gnu/store/${base}`

const FILES: Readonly<Record<string, Content>> = {
  [`gnu/store/${SYSTEM}/boot`]: `(primitive-load "${inStore(BASH)}/bin/bash")`,
  [`gnu/store/${SYSTEM}/profile`]: { target: inStore(BASH) },
  [`gnu/store/${OLD}/boot`]: 'of an earlier generation',
  [`gnu/store/${BASH}/bin/bash`]: `bash, linked with ${inStore(LIBC)}/lib/libc.so.6`,
  [`gnu/store/${LIBC}/lib/libc.so.6`]: 'libc'.repeat(3000),
  'gnu/store/.links/0123': 'no store path',
  'var/guix/db/db.sqlite': 'SQLite format 3',
}

const imageOf = (more: Readonly<Record<string, Content>>): OpenImage =>
  openSource(bytesSource(squashfsOf({ ...FILES, ...more }), 'guix.squashfs'))

const grub = (parameters: string): Readonly<Record<string, Content>> => ({
  'boot/grub/grub.cfg': `linux ${inStore(LIBC)}/bzImage root=x ${parameters} quiet\n`,
})
const NOW = grub(`gnu.system=${inStore(SYSTEM)} gnu.load=${inStore(SYSTEM)}/boot`)

describe('store paths of Guix', () => {
  it('are owners below /gnu/store, with references from a scan', async () => {
    const open = imageOf(NOW)
    const inventory = await takeInventoryOf(open)
    const { owners, accounts, noun, unowned } = report(inventory)
    expect([inventory.kind, inventory.directory, noun[0]]).toEqual(['guix', '/gnu/store', 'store path'])
    expect(owners.map(({ path }) => path).sort()).toEqual([SYSTEM, OLD, BASH, LIBC].map(inStore))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(unowned).toEqual([])
    const { graph, origin } = inventory.references!
    expect(origin).toBe('scan')
    expect([...graph.keys]).toEqual([SYSTEM, OLD, BASH, LIBC])
    expect([[...graph.references.start], [...graph.references.list]]).toEqual([
      [0, 1, 1, 2, 2],
      [2, 3],
    ])
  })

  it.each([
    ['with dots', NOW],
    ['with dashes, as release 1.3 did', grub(`--system=${inStore(SYSTEM)} --load=${inStore(SYSTEM)}/boot`)],
    ['in extlinux.conf', { 'boot/extlinux/extlinux.conf': `APPEND root=x gnu.load=${inStore(SYSTEM)}/boot ro\n` }],
  ])('have the system as root that a boot loader names %s', async (_, more) => {
    const { roots } = await takeInventoryOf(imageOf(more))
    const [started, ...others] = roots
    expect(started).toMatchObject({ node: 0, reason: 'guix-system' })
    expect(others).toEqual([{ node: 1, reason: 'unreferenced' }])
    const [path] = Object.keys(more) as [string]
    expect(plainWords(rootReason(started!))).toBe(`gnu.system= in ${path.slice(path.lastIndexOf('/') + 1)}`)
  })

  it('keep their store in what is saved', async () => {
    const survey = new Survey(() => imageOf(NOW))
    const inventory = await inventoryOf(survey, 'auto', {})
    const parts = partsOfJson(JSON.parse(JSON.stringify(partsToJson(survey.parts))))
    const saved = new Survey(() => imageOf(NOW), {}, parts)
    expect(await inventoryOf(saved, 'auto', {})).toEqual(inventory)
    const json = JSON.parse([...reportJson(report(inventory), inventory)].join(''))
    expect([json.ownerKind, json.storeDirectory]).toEqual(['guix', '/gnu/store'])
    expect(json.packages).toBeUndefined()
  })

  it('stand beside packages of a distribution', () => {
    const { model, owners } = ownersIn(
      imageOf({ 'lib/apk/db/installed': 'P:musl\nV:1-r0\nA:x86_64\nF:lib\nR:libc.so\n', 'lib/libc.so': 'libc' }),
    )
    expect([model.kind, [...owners.keys()].at(-1)]).toEqual(['guix+apk', 'apk:musl:x86_64=1-r0'])
  })

  it('beside store paths of Nix are counted, with a word on their names', async () => {
    const hello = `${'9'.repeat(32)}-hello-2.12`
    const open = imageOf({ [`nix/store/${hello}/bin/hello`]: `hello, with ${inStore(BASH)}` })
    const inventory = await takeInventoryOf(open)
    const { owners, accounts } = report(inventory)
    expect(owners.map(({ key }) => key).sort()).toEqual([SYSTEM, OLD, BASH, LIBC, hello])
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    const { graph } = inventory.references!
    expect(Array.from(neighbours(graph.references, 4), (node) => graph.keys[node])).toEqual([BASH])
    expect(inventory.attribution.warnings.map(({ message }) => message)).toEqual([
      'guix.squashfs: entry "/gnu/store" at 0x0: is a second store; its paths are told with /nix/store/ before their names',
    ])
  })

  it('are a system, its profile, its scripts and its packages, with references that the configuration chose', async () => {
    const names = [
      'system',
      'boot',
      'shepherd.conf',
      'shepherd-guix-daemon.scm',
      'parameters',
      'profile',
      'etc',
      'locale',
    ]
    const packages = ['linux-libre-6.12.17', 'raw-initrd', 'guix-1.4.0', 'bash-5.2.37', 'glibc-2.41']
    const bases = new Map(
      [...names, ...packages].map((name, at) => [name, `${'abcdfghijklmn'.charAt(at).repeat(32)}-${name}`]),
    )
    const at = (name: string): string => inStore(bases.get(name)!)
    const links = { boot: 'boot', parameters: 'parameters', profile: 'profile', etc: 'etc' }
    const files: Record<string, Content> = {
      ...Object.fromEntries(Object.entries(links).map(([name, to]) => [`${at('system')}/${name}`, { target: at(to) }])),
      [`${at('system')}/kernel`]: { target: `${at('linux-libre-6.12.17')}/bzImage` },
      [`${at('system')}/initrd`]: { target: `${at('raw-initrd')}/initrd.cpio.gz` },
      [`${at('system')}/locale`]: { target: `${at('locale')}/locale` },
      [at('boot')]: `(execl "shepherd" "--config" "${at('shepherd.conf')}")`,
      [at('shepherd.conf')]: `(primitive-load "${at('shepherd-guix-daemon.scm')}")`,
      [at('shepherd-guix-daemon.scm')]: `(make-forkexec-constructor "${at('guix-1.4.0')}/bin/guix-daemon")`,
      [at('parameters')]: `(boot-parameters (version 0) (kernel "${at('linux-libre-6.12.17')}/bzImage"))`,
      [`${at('profile')}/bin/bash`]: { target: `${at('bash-5.2.37')}/bin/bash` },
      [`${at('profile')}/manifest`]: `(manifest (version 4) ("bash" "${at('bash-5.2.37')}"))`,
      [`${at('etc')}/issue`]: { target: `${at('glibc-2.41')}/etc/issue` },
      [`${at('locale')}/locale/C.UTF-8`]: 'a locale '.repeat(20_000),
      [`${at('linux-libre-6.12.17')}/bzImage`]: 'kernel '.repeat(20_000),
      [`${at('raw-initrd')}/initrd.cpio.gz`]: 'initrd '.repeat(20_000),
      [`${at('guix-1.4.0')}/bin/guix-daemon`]: `linked with ${at('glibc-2.41')}/lib/libc.so.6`,
      [`${at('bash-5.2.37')}/bin/bash`]: `linked with ${at('glibc-2.41')}/lib/libc.so.6`,
      [`${at('glibc-2.41')}/lib/libc.so.6`]: 'libc '.repeat(20_000),
      'boot/grub/grub.cfg': `linux ${at('linux-libre-6.12.17')}/bzImage gnu.system=${at('system')} gnu.load=${at('system')}/boot\n`,
    }
    const paths = Object.fromEntries(Object.entries(files).map(([path, content]) => [path.replace(/^\//, ''), content]))
    const { kind, references, roots, composition } = await takeInventoryOf(
      openSource(bytesSource(squashfsOf(paths), 'guix.squashfs')),
    )
    expect(Object.fromEntries([...composition!.roles].map(([key, role]) => [nameOf(key), role]))).toEqual({
      system: 'system',
      boot: 'text',
      'shepherd.conf': 'text',
      'shepherd-guix-daemon.scm': 'text',
      parameters: 'text',
      profile: 'profile',
      etc: 'farm',
    })
    const { graph } = references!
    const { of } = kindsOf(kind, graph, roots, composition)
    const edges = graph.keys.flatMap((_, from) =>
      [...neighbours(graph.references, from)].map((to) => ({ from, to, kind: of({ from, to }) })),
    )
    const named = (wanted: string): string[] =>
      edges.flatMap((edge) =>
        edge.kind === wanted ? [`${nameOf(graph.keys[edge.from]!)} -> ${nameOf(graph.keys[edge.to]!)}`] : [],
      )
    expect(named('chosen').sort()).toEqual([
      'etc -> glibc-2.41',
      'parameters -> linux-libre-6.12.17',
      'profile -> bash-5.2.37',
      'shepherd-guix-daemon.scm -> guix-1.4.0',
    ])
    expect(named('built in').sort()).toEqual(['bash-5.2.37 -> glibc-2.41', 'guix-1.4.0 -> glibc-2.41'])
    expect(named('structural')).toHaveLength(9)
  })

  it('are told once where a store of Nix has systems, too', async () => {
    const nixos = `${'p'.repeat(32)}-nixos-system-x-26.11`
    const open = imageOf({ ...NOW, [`nix/store/${nixos}/init`]: inStore(BASH) })
    const { composition } = await takeInventoryOf(open)
    const told = composition!.mentions.map(({ from, to, path }) => `${from} ${to} ${path}`)
    expect(told).toEqual([...new Set(told)])
    expect(told.length).toBeGreaterThan(0)
  })
})
