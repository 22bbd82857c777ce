import type { FormatErrorFacts } from './errors.ts'

/** One limit on what an image may ask for. */
export interface Limit {
  /** The default. */
  readonly value: number
  readonly unit: string
  /** What it bounds, and why it has this value. */
  readonly reason: string
}

/**
 * All limits that the user can set. No image that people use comes near them, and they stop a hostile one. Values that
 * a format itself fixes (256 bytes of a name in squashfs, blocks of 1 MiB) are not limits; their readers define them.
 */
// biome-ignore format: one limit a line
const LIMITS = {
  entries:        { value: 2_000_000,  unit: 'names',   reason: 'names of one image: a report takes up to 800 bytes of memory for each, so for these 1.6 GB' },
  depth:          { value: 2048,       unit: 'levels',  reason: 'nested directories: a Linux path has at most 4096 bytes' },
  path:           { value: 2 ** 28,    unit: 'bytes',   reason: 'all paths of one image together: 2 million of 128 bytes; a few directories nested deep would make all below them long' },
  name:           { value: 4096,       unit: 'bytes',   reason: 'one Rock Ridge name, assembled from any number of entries: Linux takes 255 bytes, and paths of 4096' },
  symlink:        { value: 65_535,     unit: 'bytes',   reason: 'target of one symbolic link: what squashfs-tools write; Linux follows 4096' },
  'ce-hops':      { value: 64,         unit: 'areas',   reason: 'continuation areas of one record: writers need two or three, Linux follows 32' },
  'ce-bytes':     { value: 2 ** 20,    unit: 'bytes',   reason: 'continuation areas of one record: as in libisofs' },
  metadata:       { value: 2 ** 33,    unit: 'bytes',   reason: 'one table of a squashfs, unpacked: the inodes of a hundred million files' },
  blocks:         { value: 2 ** 24,    unit: 'blocks',  reason: 'data blocks of all files of one squashfs, or of all that is scanned or listed: 2 TB in blocks of 128 KiB' },
  'file-blocks':  { value: 4_000_000,  unit: 'blocks',  reason: 'data blocks of one file that is opened as an image: 512 GB in blocks of 128 KiB' },
  fragments:      { value: 2 ** 22,    unit: 'blocks',  reason: 'fragments of one squashfs: half a TB in blocks of 128 KiB' },
  xattrs:         { value: 2 ** 26,    unit: 'bytes',   reason: 'extended attributes of one file, and of all that a diff compares: several attributes may refer to one value' },
  damage:         { value: 50_000,     unit: 'errors',  reason: 'reported damage of one squashfs: reporting more takes longer than reading it' },
  descriptors:    { value: 64,         unit: 'sectors', reason: 'volume descriptors of one session of a disc: there are a handful, then a terminator, which may be missing' },
  search:         { value: 2 ** 30,    unit: 'bytes',   reason: 'unreferenced bytes of a disc that are searched for further sessions: a third of a second' },
  'boot-entries': { value: 256,        unit: 'entries', reason: 'El Torito boot catalog: there are fewer than ten, and the specification sets no maximum' },
  partitions:     { value: 4096,       unit: 'entries', reason: 'one GPT or Apple partition map: tools write 128, xorriso up to 248' },
  archives:       { value: 1024,       unit: 'streams', reason: 'archives of one initrd that are compressed each for itself: distributions write one or two, and each takes a decoder' },
  nesting:        { value: 8,          unit: 'images',  reason: 'nested images: people nest two or three, and reading one unpacks all images around it' },
  images:         { value: 10_000,     unit: 'images',  reason: 'images inside one file, at all depths: files may share bytes, so each level could multiply them' },
  tangle:         { value: 4_000_000,  unit: 'claims',  reason: 'claims that overlap in part or have many names, looked at to split what they share: some seconds' },
  unclaimed:      { value: 2 ** 28,    unit: 'bytes',   reason: 'unclaimed bytes that are read to tell padding from data' },
  configuration:  { value: 2 ** 24,    unit: 'bytes',   reason: 'boot loaders’ configurations of one image together, which have some KiB each; others name no root' },
  registration:   { value: 2 ** 28,    unit: 'bytes',   reason: 'nix-path-registration: a million store paths' },
  packages:       { value: 2 ** 28,    unit: 'bytes',   reason: 'the database of a package manager, and 16 more for each name in it: Debian’s takes 15 KiB a package, so 18,000 packages' },
  'saved-report': { value: 2 ** 27,    unit: 'bytes',   reason: 'a saved report, unpacked: a report of 500,000 files takes half of this' },
  unpacked:       { value: 2 ** 40,    unit: 'bytes',   reason: 'content that one command unpacks or scans' },
  expansion:      { value: 1000,       unit: 'times',   reason: 'content that one command unpacks or scans, to the size of the image, beyond the first GiB: blocks of zeros are packed 20,000 to 1, whole images are not' },
} as const satisfies Readonly<Record<string, Limit>>

export type LimitName = keyof typeof LIMITS

/** Each limit by its name. */
export type Limits = Readonly<Record<LimitName, number>>

/** The limits with their units and reasons, in the order in which we list them. */
export const ALL_LIMITS: Readonly<Record<LimitName, Limit>> = LIMITS

export const DEFAULT_LIMITS: Limits = Object.fromEntries(
  Object.entries(ALL_LIMITS).map(([name, { value }]) => [name, value]),
) as Limits

/** The part of an error that names the limit that it exceeded. */
export function atLimit(limits: Limits, name: LimitName): Required<Pick<FormatErrorFacts, 'limit'>> {
  return { limit: `${name}=${limits[name]}` }
}
