import { referenceGraph } from '../../src/graph/reference-graph.ts'
import type { Account } from '../../src/inventory/attribution.ts'
import type { FileFacts } from '../../src/inventory/file-facts.ts'
import type { Metadata } from '../../src/inventory/metadata.ts'
import type { Inventory } from '../../src/inventory/take-inventory.ts'
import type { Root } from '../../src/owners/roots.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'

/** A base name with a hash that is made of a number. */
export function basePath(hash: number, name: string): string {
  let digits = ''
  for (let left = hash; digits.length < 32; left = Math.floor(left / 32)) digits = DIGITS[left % 32]! + digits
  return `${digits}-${name}`
}

/** A store path of an image that is none. */
export interface SyntheticPath {
  readonly base: string
  readonly own: number
  readonly unpacked?: number
  readonly files?: readonly FileFacts[]
  readonly narHash?: string
  /** Base names. */
  readonly references?: readonly string[]
  readonly region?: string
}

export interface SyntheticImage {
  readonly name?: string
  readonly paths: readonly SyntheticPath[]
  /** What belongs to no store path. */
  readonly others?: readonly Omit<Account, 'unpacked' | 'files'>[]
  readonly roots?: readonly string[]
  readonly complete?: boolean
  readonly squashfs?: readonly string[]
  readonly compressorOptions?: string
  readonly blockSize?: number
  /** The entries outside store paths; none are known where it is left out. */
  readonly outside?: readonly FileFacts[]
}

/** Metadata as Nix gives it to what it builds, but for what is told. */
export function metadataOf(more: Partial<Metadata> = {}): Metadata {
  return { mode: 0o444, uid: 0, gid: 0, mtime: 1, ...more }
}

export function fileOf(path: string, size: number): FileFacts {
  return { path, type: 'file', size, executable: false }
}

/** A side of a comparison as a plain inventory, without an image. */
export function syntheticSide(image: SyntheticImage): Inventory {
  const { name = 'image.iso', paths, others = [], complete = true } = image
  const accounts: Account[] = [
    ...paths.map(({ base, own, unpacked = own, files = [], region = '/nix-store.squashfs' }) => ({
      kind: 'owner' as const,
      name: `${region}/${base}`,
      region,
      own,
      unpacked,
      files: files.length,
      owner: base,
    })),
    ...others.map((account) => ({ ...account, unpacked: 0, files: 0 })),
  ]
  const bases = [...new Set(paths.map(({ base }) => base))].sort()
  const numbers = new Map(bases.map((base, number) => [base, number]))
  const edges = paths.flatMap(({ base, references = [] }) =>
    references.flatMap((reference) => [numbers.get(base)!, numbers.get(reference)!]),
  )
  const contentHashes = new Map(
    paths.flatMap(({ base, narHash }): [string, string][] => (narHash === undefined ? [] : [[base, narHash]])),
  )
  const roots = (image.roots ?? []).map((base): Root => ({ node: numbers.get(base)!, reason: 'given' }))
  return {
    image: {
      name,
      size: accounts.reduce((sum, { own }) => sum + own, 0),
      format: 'iso9660',
      volumeId: null,
      label: null,
      squashfs: (image.squashfs ?? ['/nix-store.squashfs']).map((path) => ({
        path,
        compressor: 'zstd',
        compressorOptions: image.compressorOptions ?? null,
        blockSize: image.blockSize ?? 1 << 20,
      })),
      owners: bases.length,
      packages: 0,
      complete,
    },
    kind: 'nix',
    directory: '/nix/store',
    attribution: { accounts, shared: [], images: [], warnings: [], complete },
    references: {
      graph: referenceGraph(bases, edges),
      origin: 'registration',
      directory: '/nix/store',
      contentHashes,
      warnings: [],
      incomplete: [],
    },
    boots: new Map(),
    roots,
    isSaved: false,
    files: new Map(paths.map(({ base, files = [] }) => [base, files])),
    outside: image.outside,
  }
}
