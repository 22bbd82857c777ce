import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { numberOfKey, referenceGraph } from '../../../src/graph/reference-graph.ts'
import { takeInventory } from '../../../src/inventory/take-inventory.ts'
import { kindsOf } from '../../../src/owners/kinds-of.ts'
import { nameOf } from '../../../src/owners/names.ts'
import { referenceKinds } from '../../../src/owners/nix/reference-kinds.ts'
import type { OwnerRole } from '../../../src/owners/reference-kind.ts'

const IMAGES = join(import.meta.dirname, '../../../fixtures/images')

describe('the kinds of references of mini.iso', async () => {
  const { kind, references, roots, composition } = await takeInventory(join(IMAGES, 'mini.iso'))
  const { graph } = references!
  const { of: kindOf, isGeneratedText } = kindsOf(kind, graph, roots, composition)
  const edges = graph.keys.flatMap((_, from) =>
    Array.from(graph.references.list.slice(graph.references.start[from], graph.references.start[from + 1]), (to) => ({
      from,
      to,
    })),
  )
  const named = (wanted: string) =>
    edges
      .filter((edge) => edge.from !== edge.to && kindOf(edge) === wanted)
      .map(({ from, to }) => `${nameOf(graph.keys[from]!)} -> ${nameOf(graph.keys[to]!)}`.replace(/-26\.11pre-git/, ''))

  it('knows what each path consists of', () => {
    const byRole = (role: OwnerRole) =>
      [...composition!.roles].filter(([, other]) => other === role).map(([key]) => nameOf(key))
    expect(byRole('system')).toEqual(['nixos-system-nixos-26.11pre-git'])
    expect(byRole('profile')).toEqual(['system-path'])
    expect(byRole('farm').sort()).toEqual(['etc', 'localtime', 'system-units', 'tmpfiles.d'])
    expect(byRole('text').sort()).toEqual([
      '00-nixos.conf',
      'etc-os-release',
      'etc-profile',
      'nixos-help',
      'setup-etc.pl',
      'unit-dbus.service',
      'unit-getty.service',
      'unit-register-nix-paths.service',
      'unit-reload-systemd-vconsole-setup.service',
      'unit-script-register-nix-paths-start',
      'unit-script-reload-systemd-vconsole-setup-start',
      'update-users-groups.pl',
      'users-groups.json',
    ])
  })

  it('knows the texts that the configuration generates', () => {
    const texts = graph.keys.filter((_, node) => isGeneratedText(node)).map(nameOf)
    expect(texts).toContain('unit-dbus.service')
    expect(texts).toContain('setup-etc.pl')
    // It is a text too, but a package of the system path.
    expect(texts).not.toContain('nixos-help')
  })

  it('are structural where the system is put together', () => {
    expect(named('structural').sort()).toEqual([
      'etc -> etc-os-release',
      'etc -> etc-profile',
      'etc -> localtime',
      'etc -> system-units',
      'etc -> tmpfiles.d',
      'etc-profile -> system-path',
      'nixos-system-nixos -> etc',
      'nixos-system-nixos -> initrd-linux-6.18.2',
      'nixos-system-nixos -> linux-6.18.2',
      'nixos-system-nixos -> linux-6.18.2-modules',
      'nixos-system-nixos -> setup-etc.pl',
      'nixos-system-nixos -> system-path',
      'nixos-system-nixos -> systemd-258.3',
      'nixos-system-nixos -> update-users-groups.pl',
      'nixos-system-nixos -> users-groups.json',
      'system-units -> unit-dbus.service',
      'system-units -> unit-getty.service',
      'system-units -> unit-register-nix-paths.service',
      'system-units -> unit-reload-systemd-vconsole-setup.service',
      'tmpfiles.d -> 00-nixos.conf',
      'unit-register-nix-paths.service -> unit-script-register-nix-paths-start',
      'unit-reload-systemd-vconsole-setup.service -> unit-script-reload-systemd-vconsole-setup-start',
    ])
  })

  it('are chosen where a unit, a profile, the activation or another text of the configuration names a package', () => {
    const chosen = named('chosen')
    for (const edge of [
      'unit-script-register-nix-paths-start -> nix-2.31.2',
      'unit-dbus.service -> dbus-1.16.2',
      'system-path -> perl-5.42.0',
      'system-path -> nixos-help',
      'nixos-system-nixos -> perl-5.42.0',
      'etc -> nss-cacert-3.117',
      'tmpfiles.d -> systemd-258.3',
    ]) {
      expect(chosen).toContain(edge)
    }
    for (const edge of chosen) {
      expect(edge).toMatch(/^(nixos-system|system-path|etc|localtime|tmpfiles|system-units|00-nixos|unit-)/)
    }
  })

  it('are built in between packages', () => {
    const builtIn = named('built in')
    expect(builtIn).toEqual(
      expect.arrayContaining([
        'nix-2.31.2 -> nix-util-2.31.2',
        'nix-util-2.31.2 -> boost-1.87.0',
        'nixos-help -> nixos-manual-html',
        'perl-5.42.0 -> tzdata-2025b',
      ]),
    )
    expect(builtIn.length + named('chosen').length + named('structural').length).toBe(
      edges.filter(({ from, to }) => from !== to).length,
    )
  })

  it('are mostly the same by name, for a report that was saved before there were roles', () => {
    const { of: byName } = kindsOf(kind, graph, roots, undefined)
    const isChosen = (from: string, to: string): boolean => {
      const numberOf = (name: string) => graph.keys.findIndex((key) => nameOf(key) === name)
      return byName({ from: numberOf(from), to: numberOf(to) }) === 'chosen'
    }
    expect(isChosen('system-path', 'perl-5.42.0')).toBe(true)
    expect(isChosen('unit-script-register-nix-paths-start', 'nix-2.31.2')).toBe(true)
    expect(isChosen('nixos-system-nixos-26.11pre-git', 'etc')).toBe(false)
    expect(isChosen('nix-2.31.2', 'nix-util-2.31.2')).toBe(false)
  })
})

describe('the kinds of references', () => {
  const names = [
    ...['nixos-system-x', 'grub', 'other-system', 'perl-env', 'perl', 'script', 'tool', 'stray', 'farm'],
    ...['python3-3.11.2-env', 'numpy', 'unit-getty-1.service'],
  ]
  const keys = names.map((name, index) => `${String(index).padStart(32, '0')}-${name}`)
  const key = (name: string) => keys[names.indexOf(name)]!
  const edges: readonly (readonly [string, string])[] = [
    ['nixos-system-x', 'grub'],
    ['nixos-system-x', 'other-system'],
    ['nixos-system-x', 'perl-env'],
    ['nixos-system-x', 'script'],
    ['nixos-system-x', 'stray'],
    ['perl-env', 'perl'],
    ['script', 'tool'],
    ['grub', 'farm'],
    ['farm', 'tool'],
    ['script', 'python3-3.11.2-env'],
    ['script', 'unit-getty-1.service'],
    ['python3-3.11.2-env', 'numpy'],
  ]
  const graph = referenceGraph(
    keys,
    edges.flatMap((edge) => edge.map((name) => names.indexOf(name))),
  )
  const mentions = [
    ['grub', 'extra-dependencies'],
    ['other-system', 'specialisation/other'],
    ['perl-env', 'activate'],
    ['script', 'activate'],
  ].map(([to, path]) => ({ from: key('nixos-system-x'), to: key(to!), path: path! }))
  const roles = new Map<string, OwnerRole>([
    [key('nixos-system-x'), 'system'],
    [key('other-system'), 'system'],
    [key('script'), 'text'],
    [key('farm'), 'farm'],
    [key('python3-3.11.2-env'), 'profile'],
    [key('unit-getty-1.service'), 'text'],
  ])
  const { of: kindOf } = referenceKinds(graph, [0], { roles, mentions })
  const kindNamed = (from: string, to: string) =>
    kindOf({ from: numberOfKey(graph, key(from)), to: numberOfKey(graph, key(to)) })

  it.each([
    ['extra-dependencies', 'nixos-system-x', 'grub', 'chosen'],
    ['a specialisation', 'nixos-system-x', 'other-system', 'chosen'],
    ['a package in the activation script', 'nixos-system-x', 'perl-env', 'chosen'],
    ['a text in the activation script', 'nixos-system-x', 'script', 'structural'],
    ['that text', 'script', 'tool', 'chosen'],
    ['no known place', 'nixos-system-x', 'stray', 'structural'],
    ['a package', 'perl-env', 'perl', 'built in'],
    ['a farm that a package has', 'grub', 'farm', 'built in'],
    ['a farm of a package', 'farm', 'tool', 'structural'],
    ['a text, of a package that is a profile', 'script', 'python3-3.11.2-env', 'chosen'],
    ['that package', 'python3-3.11.2-env', 'numpy', 'structural'],
    ['a text, of a unit with a number in its name', 'script', 'unit-getty-1.service', 'structural'],
  ])('of a reference by %s', (_, from, to, kind) => {
    expect(kindNamed(from, to)).toBe(kind)
  })
})
