/** Features of a file system, by the names that e2fsprogs gives them, with the bit of each (kernel: fs/ext4/ext4.h). */
// biome-ignore format: one feature a line
export const FEATURES = {
  compat: {
    dir_prealloc:  0x0001,
    imagic_inodes: 0x0002,
    has_journal:   0x0004,
    ext_attr:      0x0008,
    resize_inode:  0x0010,
    dir_index:     0x0020,
    sparse_super2: 0x0200,
    fast_commit:   0x0400,
    stable_inodes: 0x0800,
    orphan_file:   0x1000,
  },
  incompat: {
    compression:   0x0001,
    filetype:      0x0002,
    needs_recovery: 0x0004,
    journal_dev:   0x0008,
    meta_bg:       0x0010,
    extent:        0x0040,
    '64bit':       0x0080,
    mmp:           0x0100,
    flex_bg:       0x0200,
    ea_inode:      0x0400,
    dirdata:       0x1000,
    metadata_csum_seed: 0x2000,
    large_dir:     0x4000,
    inline_data:   0x8000,
    encrypt:       0x10000,
    casefold:      0x20000,
  },
  roCompat: {
    sparse_super:  0x0001,
    large_file:    0x0002,
    btree_dir:     0x0004,
    huge_file:     0x0008,
    uninit_bg:     0x0010,
    dir_nlink:     0x0020,
    extra_isize:   0x0040,
    snapshot:      0x0080,
    quota:         0x0100,
    bigalloc:      0x0200,
    metadata_csum: 0x0400,
    replica:       0x0800,
    'read-only':   0x1000,
    project:       0x2000,
    shared_blocks: 0x4000,
    verity:        0x8000,
    orphan_present: 0x10000,
  },
} as const

export const INCOMPATIBLE = FEATURES.incompat

/** Features that change the layout in a way that we do not read: what they are called in a message. */
const UNREAD: readonly (readonly [bit: number, what: string])[] = [
  [INCOMPATIBLE.compression, 'compressed files, which no released kernel reads'],
  [INCOMPATIBLE.journal_dev, 'no files: it is the journal of another file system'],
  [INCOMPATIBLE.dirdata, 'data in directory entries (dirdata), which we do not read'],
]

/** The bits of the features that we read. */
const READ =
  Object.values(INCOMPATIBLE).reduce((bits, bit) => bits | bit, 0) & ~UNREAD.reduce((bits, [bit]) => bits | bit, 0)

/** Whether we can read a file system with these incompatible features. */
export function isSupported(featureIncompat: number): boolean {
  return (featureIncompat & ~READ) === 0
}

/** What keeps us from reading a file system, for a message. */
export function unsupportedFeatures(featureIncompat: number): string {
  const known = UNREAD.find(([bit]) => (featureIncompat & bit) !== 0)
  if (known !== undefined) return known[1]
  return `features that we do not know (0x${((featureIncompat & ~READ) >>> 0).toString(16)})`
}

/** The names of all features that are set, separated by spaces. */
export function featureNames(compat: number, incompat: number, roCompat: number): string {
  const names = (table: Readonly<Record<string, number>>, bits: number): string[] =>
    Object.entries(table).flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [name]))
  const all = [
    ...names(FEATURES.compat, compat),
    ...names(FEATURES.incompat, incompat),
    ...names(FEATURES.roCompat, roCompat),
  ]
  return all.join(' ')
}

/**
 * Which of the three versions a file system is. ext3 has a journal. ext4 has a feature that ext3 lacks: beyond file types,
 * recovery and meta block groups, and beyond sparse superblocks, large files and indexed directories.
 */
export function versionOf(compat: number, incompat: number, roCompat: number): 'ext2' | 'ext3' | 'ext4' {
  if ((incompat & ~0x16) !== 0 || (roCompat & ~0x07) !== 0) return 'ext4'
  return (compat & FEATURES.compat.has_journal) === 0 ? 'ext2' : 'ext3'
}
