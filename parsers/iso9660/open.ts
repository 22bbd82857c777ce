import type { ExtentMap } from '../bytes/extents.ts'
import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import {
  type Entry,
  type FormatTraits,
  filesOf,
  type Image,
  type NameTreeKind,
  type StoredExtent,
  type StoredRun,
} from '../image.ts'
import { gptChecksums } from '../partition/gpt.ts'
import type { Partition } from '../partition/partition.ts'
import { claimLayout } from './claims.ts'
import type { BootCatalog } from './el-torito.ts'
import { volumeFacts } from './facts.ts'
import { implantedMd5 } from './implanted-md5.ts'
import { type Layout, readLayout } from './layout.ts'
import type { ShownTree } from './shown-tree.ts'
import { zisofsRuns } from './zisofs.ts'

/** The traits of ISO 9660 images. mkisofs overlaps files and boot images on purpose. */
export const ISO9660: FormatTraits = {
  name: 'iso9660',
  title: 'ISO9660',
  noun: 'an ISO9660 image',
  extensions: ['iso'],
  looksInside: 'files',
  accounts: 'own',
  sharesBytes: true,
  // ECMA-119 6.1.2.
  sectorSize: 2048,
}

export interface Iso9660Options {
  /** Show this name tree, whatever others there are. */
  readonly nameTree?: NameTreeKind
  /** The sector at which a session's volume descriptors begin. Other readers always use 16. */
  readonly descriptorSector?: number
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

/** An ISO 9660 image, and the facts around its tree. */
export interface Iso9660Image extends Image {
  readonly nameTree: NameTreeKind
  readonly bootCatalog?: BootCatalog
  /** The partitions of all tables, in their order there. */
  readonly partitions: readonly Partition[]
  /** Sectors at which volume descriptor sets begin. The first set is the one that we show. */
  readonly sessions: readonly number[]
}

/**
 * Opens an ISO 9660 image. Damage becomes warnings, and we show everything that we can still read.
 * @throws {FormatError} when it has no volume descriptor with a directory tree
 */
export function openIso9660(source: ByteSource, options: Iso9660Options = {}): Iso9660Image {
  const layout = readLayout(source, options, { ...DEFAULT_LIMITS, ...options.limits })
  const { shown, systemArea, bootCatalog } = layout
  const { warnings, complete } = layout.warnings.found()
  return {
    format: ISO9660,
    source,
    tree: layout.tree,
    facts: volumeFacts(layout),
    warnings,
    complete,
    nameTree: shown?.kind ?? 'plain',
    ...(bootCatalog === undefined ? {} : { bootCatalog }),
    parts: layout.parts.map(({ name, offset, size }) => ({ name, offset, size })),
    partitions: systemArea.partitions,
    checksums: () => [
      ...(systemArea.gpt === undefined ? [] : gptChecksums(systemArea.gpt)),
      ...(bootCatalog === undefined ? [] : [bootCatalog.checksum]),
    ],
    implantedHash: implantedMd5(layout),
    sessions: [
      layout.descriptorSector,
      ...layout.sessions.filter((session) => session.kind === 'session').map((session) => session.sector),
    ],
    runs: (entry) => runsOf(source, shown, entry),
    extents: (entry) => extentsOf(source, shown, entry),
    claimContent(map) {
      claimContent(map, layout)
      return { warnings, complete }
    },
    claimStructures: (map) => claimLayout(map, layout),
  }
}

/** Runs of a regular file: one for each extent, or one for each block of a compressed file. */
function* runsOf(source: ByteSource, shown: ShownTree | undefined, entry: Entry): Generator<StoredRun> {
  const zisofs = entry.type === 'file' ? shown?.zisofs.get(shown.recordOf[entry.index]!) : undefined
  for (const { offset, length } of extentsOf(source, shown, entry)) {
    if (zisofs !== undefined) yield* zisofsRuns(source, offset, length, zisofs)
    else yield { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
  }
}

/** The extents of a regular file as its directory records list them. It does not join neighbours. */
function* extentsOf(source: ByteSource, shown: ShownTree | undefined, entry: Entry): Generator<StoredExtent> {
  if (shown === undefined || entry.type !== 'file') return
  const record = shown.recordOf[entry.index]!
  const volume = shown.elsewhere.get(record)
  if (volume !== undefined) {
    throw formatError('UNSUPPORTED', `the file is on volume ${volume} of the volume set`, source, {
      structure: 'directory record',
      offset: 0,
    })
  }
  const { offsets, lengths } = shown.extents
  const first = shown.extents.firstOf(record)
  const end = shown.extents.firstOf(record + 1)
  const isCompressed = shown.zisofs.has(record)
  if (isCompressed) {
    if (end !== first + 1) {
      throw formatError('MALFORMED', 'a zisofs file must have one extent', source, {
        structure: 'ZF entry',
        offset: offsets[first] ?? 0,
        found: end - first,
      })
    }
    yield { at: 0, offset: offsets[first]!, length: lengths[first]!, unpacked: entry.size, codec: 'zisofs' }
    return
  }
  let at = 0
  for (let extent = first; extent < end; extent += 1) {
    const length = lengths[extent]!
    yield { at, offset: offsets[extent]!, length, unpacked: length, codec: 'stored' }
    at += length
  }
}

/** Claims the content of files. The boot catalog may also be a file, but then the structure owns its bytes. */
function claimContent(map: ExtentMap, { shown, tree, bootCatalog }: Layout): void {
  if (shown === undefined) return
  const { offsets, lengths } = shown.extents
  for (const entry of filesOf(tree)) {
    const record = shown.recordOf[entry]!
    const end = shown.extents.firstOf(record + 1)
    for (let extent = shown.extents.firstOf(record); extent < end; extent += 1) {
      if (offsets[extent] === bootCatalog?.offset) continue
      map.claimContent(offsets[extent]!, lengths[extent]!, entry)
    }
  }
}
