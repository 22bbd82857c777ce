import { describe, expect, it } from 'vitest'
import { settingLine } from '../../../src/analyses/advise/module-settings.ts'
import { optionsIn } from '../../../src/analyses/advise/option-of.ts'
import { type Advice, advise } from '../../../src/analyses/advise.ts'
import { sizesOfInventory } from '../../../src/analyses/graph-sizes.ts'
import { nameOf } from '../../../src/owners/names.ts'
import { type NixosParts, OWN, SYSTEM, syntheticNixos } from './synthetic-nixos.ts'

function adviceFor(parts: NixosParts, apply?: readonly string[]): Advice & { readonly names: readonly string[] } {
  const side = syntheticNixos(parts)
  const sizes = sizesOfInventory(side, side.references!)
  return { ...advise(side, sizes, apply), names: sizes.graph.keys.map(nameOf) }
}

function itemOf(advice: Advice, id: string) {
  return advice.items.find(({ hint }) => hint.id === id)!
}

function linesOf({ followed }: Advice): readonly string[] {
  return Array.from(followed.settings.values(), settingLine)
}

/** Nix is held by the daemon's references and by the unit that registers store paths. */
const NIX = [
  'system-path -> nix-2.31.2',
  'nix-2.31.2 -> nix-util-2.31.2',
  'nix-util-2.31.2 -> boost-1.87.0',
  'system-units -> unit-register-nix-paths.service',
  'unit-register-nix-paths.service -> nix-2.31.2',
]
const PERL = [
  `${SYSTEM} -> perl-5.42.0-env`,
  'perl-5.42.0-env -> perl-5.42.0',
  'system-path -> perl-5.42.0',
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((part) => `perl-5.42.0 -> perl-lib-${part}`),
]

describe('advice', () => {
  it('says what an entry frees alone, and what it frees once others are followed', () => {
    const advice = adviceFor({ edges: NIX })
    const [daemon, register] = ['nix-daemon', 'nix-register-paths'].map((id) => itemOf(advice, id))
    // The daemon's references alone free nothing, and the unit alone frees itself.
    expect([daemon!.alone.bytes, register!.alone.bytes]).toEqual([0, OWN])
    expect(daemon!.withOthers).toBeUndefined()
    const large = adviceFor({
      edges: [...NIX, ...['1', '2', '3', '4', '5'].map((one) => `boost-1.87.0 -> icu-${one}`)],
    })
    expect(itemOf(large, 'nix-daemon').withOthers).toEqual({ ids: ['nix-register-paths'], bytes: 8 * OWN })
    expect(itemOf(large, 'nix-register-paths').withOthers).toEqual({ ids: ['nix-daemon'], bytes: 9 * OWN })
    expect(large.items.map(({ cumulative }) => cumulative)).toEqual([OWN, 9 * OWN])
    expect(large.total.bytes).toBe(9 * OWN)
    expect(large.total.nodes.map((node) => large.names[node]).sort()).toEqual(
      [
        'boost-1.87.0',
        ...['1', '2', '3', '4', '5'].map((one) => `icu-${one}`),
        'nix-2.31.2',
        'nix-util-2.31.2',
        'unit-register-nix-paths.service',
      ].sort(),
    )
  })

  it('follows what is experimental only by name, and what is worth it only with that neither', () => {
    const advice = adviceFor({ edges: [...PERL, `${SYSTEM} -> linux-6.18.2`] })
    expect(itemOf(advice, 'perl-default').withOthers?.ids).toEqual(['perl-activation'])
    expect(itemOf(advice, 'perl-default').reason).toBe('it frees little without perl-activation')
    expect(itemOf(advice, 'perl-activation').reason).toBe('experimental')
    const named = adviceFor({ edges: [...PERL, `${SYSTEM} -> linux-6.18.2`] }, ['perl-default', 'perl-activation'])
    expect([...named.followed.ids].sort()).toEqual(['perl-activation', 'perl-default'])
    expect(named.total.bytes).toBe(8 * OWN)
  })

  it('does not put together what NixOS refuses, and says so', () => {
    const edges = [...PERL, `${SYSTEM} -> linux-6.1.192`]
    const old = adviceFor({ edges }, ['perl-activation'])
    expect(old.kernel).toBe('6.1')
    expect(itemOf(old, 'perl-activation').reason).toMatch(/needs Linux 6\.6/)
    // Without the program that switches, an older kernel does too.
    const both = adviceFor({ edges: [...edges, `${SYSTEM} -> switch-to-configuration-0.1.0`] }, [
      'perl-activation',
      'switch-to-configuration',
    ])
    expect([...both.followed.ids].sort()).toEqual(['perl-activation', 'switch-to-configuration'])
    const boot = adviceFor({ edges: [], image: ['/isolinux/isolinux.bin', '/EFI/BOOT/BOOTX64.EFI'] }, [
      'iso-isolinux',
      'iso-efi',
    ])
    expect(boot.followed.ids.size).toBe(1)
    expect(boot.items.find(({ isFollowed }) => !isFollowed)!.reason).toMatch(/does not boot/)
  })

  it('sets no option twice', () => {
    const core = adviceFor({ edges: ['system-path -> curl-8.17.0-bin', 'system-path -> bind-9.20.15-host'] }, [
      'core-packages',
      'bind-host',
    ])
    expect(core.followed.ids.size).toBe(1)
    expect(core.items.find(({ isFollowed }) => !isFollowed)!.reason).toMatch(
      /sets environment\.corePackages otherwise$/,
    )
    const zfs = adviceFor({ edges: ['system-path -> zfs-user-2.4.0', 'system-path -> btrfs-progs-6.17'] }, [
      'zfs',
      'fs-tools',
    ])
    expect(zfs.followed.ids.size).toBe(1)
    expect(zfs.items.find(({ isFollowed }) => !isFollowed)!.reason).toMatch(/boot\.supportedFilesystems/)
    const joined = adviceFor(
      { edges: [`${SYSTEM} -> linux-6.18.2-modules`, `${SYSTEM} -> linux-6.18.2`], boot: ['linux-6.18.2'] },
      ['kernel-modules', 'boot-copies'],
    )
    const commands = linesOf(joined).filter((line) => line.startsWith('system.systemBuilderCommands'))
    expect(commands).toHaveLength(1)
    expect(commands[0]).toMatch(
      /^system\.systemBuilderCommands = lib\.mkMerge \[ \(lib\.mkAfter .*\) \(lib\.mkAfter .*\) \];$/,
    )
  })

  it('leaves out an entry that another one does too', () => {
    const advice = adviceFor({
      edges: ['system-path -> nixos-help', 'system-path -> man-db-2.13.1', 'system-path -> bash-man'],
    })
    expect(advice.items.map(({ hint, reason }) => [hint.id, reason])).toEqual([
      ['documentation-all', undefined],
      ['manual-html', 'documentation-all does it'],
      ['man-db', 'documentation-all does it'],
    ])
    expect(linesOf(advice)).toEqual([
      'documentation.enable = lib.mkForce false;',
      'documentation.man.enable = lib.mkForce false;',
    ])
  })

  it('follows what an entry needs', () => {
    const edges = [
      'system-path -> openssh-10.2p1',
      'system-units -> unit-sshd.service',
      'unit-sshd.service -> openssh-10.2p1',
    ]
    const advice = adviceFor({ edges })
    expect([...advice.followed.ids].sort()).toEqual(['openssh-client', 'openssh-server'])
    expect(itemOf(adviceFor({ edges }, ['openssh-client']), 'openssh-client').reason).toBe('only with openssh-server')
  })

  it('is uncertain where the release is outside the range of an entry', () => {
    const edges = ['system-path -> nixos-rebuild-ng-0.0.0']
    expect(itemOf(adviceFor({ edges }), 'python-rebuild').isFollowed).toBe(true)
    const old = itemOf(adviceFor({ edges, system: 'nixos-system-nixos-25.05.812345.abcdef0' }), 'python-rebuild')
    expect(old.doubt).toMatch(/^known from 26\.11, and the image is 25\.05 /)
    expect([old.isFollowed, old.reason]).toEqual([false, 'uncertain for this release'])
  })

  it('counts only what a reference holds, not the copy of the boot loader', () => {
    const edges = [`${SYSTEM} -> initrd-linux-6.18.2`, `${SYSTEM} -> linux-6.18.2`]
    const advice = adviceFor({ edges, boot: ['initrd-linux-6.18.2', 'linux-6.18.2'] })
    expect(itemOf(advice, 'boot-copies').alone.bytes).toBe(2 * OWN)
    // Without a copy elsewhere the image would not boot.
    expect(adviceFor({ edges }).items).toEqual([])
  })

  it('counts a part of an initrd', () => {
    const advice = adviceFor({ edges: [], initrd: ['lvm2-2.03.35-bin', 'lvm2-2.03.35-lib', 'glibc-2.42'] })
    expect(itemOf(advice, 'initrd-storage').alone.bytes).toBe(OWN)
  })

  it('takes further systems for no roots', () => {
    const other = 'nixos-system-nixos-gnome-26.11pre-git'
    const edges = [`${SYSTEM} -> ${other}`, `${other} -> gnome-49`, `${other} -> initrd-linux-6.17.1`]
    const side = syntheticNixos({ edges, boot: ['initrd-linux-6.17.1'] })
    const node = side.references!.graph.keys.findIndex((key) => nameOf(key) === other)
    const roots = [...side.roots, { node, reason: 'nixos-system' as const }]
    const sizes = sizesOfInventory({ ...side, roots }, side.references!)
    const [item] = advise({ ...side, roots }, sizes).items.filter(({ hint }) => hint.id === 'specialisation')
    // The system, what it refers to, and the copy of its initrd.
    expect(item!.alone.bytes).toBe(4 * OWN)
  })
})

describe('the option for a store path', () => {
  const side = syntheticNixos({ edges: [...NIX, ...PERL, 'system-path -> nixos-help', 'system-path -> bash-man'] })
  const optionOf = optionsIn(side)
  const keyOf = (name: string): string => side.references!.graph.keys.find((key) => nameOf(key) === name)!

  it('is that of the entry that frees it and least besides', () => {
    expect(optionOf(keyOf('nixos-help'))).toEqual({
      id: 'manual-html',
      name: 'documentation.nixos.enable',
      isEnough: true,
    })
    expect(optionOf(keyOf('bash-man'))).toMatchObject({ name: 'documentation.enable' })
  })

  it('is marked where it is not enough', () => {
    expect(optionOf(keyOf('nix-2.31.2'))).toEqual({ id: 'nix-daemon', name: 'nix.enable', isEnough: false })
    expect(optionOf(keyOf('perl-5.42.0'))).toMatchObject({ name: 'environment.defaultPackages', isEnough: false })
    expect(optionOf(keyOf('etc'))).toBeUndefined()
  })
})
