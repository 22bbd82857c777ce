import { filesByGlob } from '../../../src/analyses/advise/files-by-glob.ts'
import type { Matching } from '../../../src/analyses/advise/matched-hint.ts'
import { nodesByGlob } from '../../../src/analyses/advise/names-by-glob.ts'
import { sizesOfInventory } from '../../../src/analyses/graph-sizes.ts'
import type { CheckSide } from '../../../src/analyses/subject-parts.ts'
import type { OwnerRole } from '../../../src/owners/reference-kind.ts'
import { basePath, fileOf, type SyntheticPath, syntheticSide } from '../synthetic-side.ts'

/** What is in a small NixOS image, by names. */
export interface NixosParts {
  /** "from -> to", besides the references that every NixOS has. */
  readonly edges: readonly string[]
  /** Files in store paths: "name/path", or a store path that is a file. */
  readonly store?: readonly string[]
  /** Files of the image. */
  readonly image?: readonly string[]
  /** Store paths and files in the initrd. */
  readonly initrd?: readonly string[]
  readonly initrdFiles?: readonly string[]
  /** Store paths that the boot loader has a copy of. */
  readonly boot?: readonly string[]
  /** The name of the system, if it is another. */
  readonly system?: string
  /** The compressor of the squashfs. */
  readonly squashfs?: string
}

export const SYSTEM = 'nixos-system-nixos-26.11pre-git'
/** What every NixOS consists of. */
const SKELETON = [
  ...['system-path', 'etc'].map((name) => `${SYSTEM} -> ${name}`),
  ...['system-units', 'tmpfiles.d', 'etc-bashrc', 'set-environment', 'etc-ssh-ssh_config'].map(
    (name) => `etc -> ${name}`,
  ),
]
/** Bytes of each store path, and of each file. */
export const OWN = 1000

/** A NixOS image that is none. */
export function syntheticNixos(parts: NixosParts): CheckSide {
  const {
    edges,
    store = [],
    image = [],
    initrd = [],
    initrdFiles = [],
    boot = [],
    squashfs = 'xz',
    system = SYSTEM,
  } = parts
  const references = [...SKELETON, ...edges].map(
    (edge) => edge.replace(SYSTEM, system).split(' -> ') as [string, string],
  )
  const names = [...new Set([...references.flat(), ...store.map((path) => path.split('/')[0]!)])].sort()
  const bases = new Map(names.map((name, index) => [name, basePath(index + 1, name)]))
  const paths = names.map(
    (name): SyntheticPath => ({
      base: bases.get(name)!,
      own: OWN,
      references: references.flatMap(([from, to]) => (from === name ? [bases.get(to)!] : [])),
      files: store.filter((path) => path.split('/')[0] === name).map((path) => fileOf(path.slice(name.length + 1), 1)),
    }),
  )
  const copies = boot.map((name): SyntheticPath => ({ base: bases.get(name)!, own: OWN, region: '/boot' }))
  const hasInitrd = initrd.length + initrdFiles.length > 0
  const side = syntheticSide({
    paths: [...paths, ...copies],
    roots: [bases.get(system)!],
    squashfs: ['/nix-store.squashfs'],
    outside: image.map((path) => fileOf(path, 1)),
    others: image.map((path) => ({ kind: 'file', name: path, region: `/${path.split('/')[1]}`, own: OWN })),
  })
  const { attribution } = side
  return {
    ...side,
    composition: {
      roles: new Map(
        names.flatMap((name): [string, OwnerRole][] => {
          const role = roleOf(name, system)
          return role === undefined ? [] : [[bases.get(name)!, role]]
        }),
      ),
      mentions: references.flatMap(([from, to]) =>
        from === system ? [{ from: bases.get(from)!, to: bases.get(to)!, path: 'activate' }] : [],
      ),
    },
    image: { ...side.image, squashfs: side.image.squashfs.map((each) => ({ ...each, compressor: squashfs })) },
    attribution: {
      ...attribution,
      images: [{ path: '/nix-store.squashfs', format: 'squashfs', facts: { compressor: squashfs }, size: 1 }],
    },
    inside: {
      warnings: [],
      complete: true,
      images: hasInitrd
        ? [
            {
              path: '/boot/initrd',
              format: 'initrd',
              facts: { compression: 'zstd' },
              size: 1,
              own: (initrd.length + initrdFiles.length) * OWN,
              accounts: [
                ...initrd.map((name, index) => {
                  const base = basePath(1000 + index, name)
                  return { kind: 'owner' as const, name: `/boot/initrd/nix/store/${base}`, owner: base }
                }),
                ...initrdFiles.map((path) => ({ kind: 'file' as const, name: `/boot/initrd${path}` })),
              ].map((account) => ({ ...account, region: '/boot/initrd', own: OWN, unpacked: OWN, files: 1 })),
            },
          ]
        : [],
    },
  }
}

const FARMS = ['etc', 'system-units', 'user-units', 'tmpfiles.d', 'udev-rules', 'dbus-1', 'firmware']

/** Texts that NixOS generates. */
const TEXTS =
  /^(etc-.*|unit-.*|X-Restart-Triggers-.*|.*-tmpfiles.*|set-environment|security-wrapper.*|suid-sgid-wrappers.*|generator-environment\.json|registry\.json|nix\.conf|ssh_config|.*\.pam|bashrc|local-cmds|console-env|modprobe\.d.*|xdg-.*|fish.*|command-not-found\.sh)$/

/** What a path of a name consists of. */
function roleOf(name: string, system: string): OwnerRole | undefined {
  if (name === system) return 'system'
  if (/^(system-path|user-environment)$/.test(name)) return 'profile'
  if (FARMS.includes(name)) return 'farm'
  return TEXTS.test(name) ? 'text' : undefined
}

/** What entries of the table are matched against in such an image. */
export function matchingOf(side: CheckSide): Matching {
  const sizes = sizesOfInventory(side, side.references!)
  return { side, sizes, nodesNamed: nodesByGlob(sizes.graph.keys), filesNamed: filesByGlob(side) }
}
