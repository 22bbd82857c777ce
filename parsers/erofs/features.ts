/** `feature_compat` (erofs_fs.h: EROFS_FEATURE_COMPAT_SB_CHKSUM and its neighbours). A reader may ignore them. */
// biome-ignore format: one flag a line
export const COMPAT = {
  superblockChecksum: 0x01,
  mtime:              0x02,
  xattrFilter:        0x04,
  /** The long prefixes of attribute names lie in the image, not in the packed inode. */
  plainXattrPrefixes: 0x10,
} as const

/**
 * `feature_incompat` (erofs_fs.h: EROFS_FEATURE_INCOMPAT_ZERO_PADDING and its neighbours). Some bits have two meanings,
 * because one version of Linux brought both.
 */
// biome-ignore format: one flag a line
export const INCOMPAT = {
  zeroPadding:        0x001,
  /** Also: big pclusters. */
  comprCfgs:          0x002,
  chunkedFile:        0x004,
  /** Also: a second algorithm in one file. */
  deviceTable:        0x008,
  ztailpacking:       0x010,
  /** Also: dedupe. */
  fragments:          0x020,
  xattrPrefixes:      0x040,
  bit48:              0x080,
  metabox:            0x100,
} as const

const NAMES: readonly (readonly [number, string])[] = [
  [INCOMPAT.zeroPadding, '0padding'],
  [INCOMPAT.comprCfgs, 'compr_cfgs, big_pcluster'],
  [INCOMPAT.chunkedFile, 'chunked_file'],
  [INCOMPAT.deviceTable, 'device_table, compr_head2'],
  [INCOMPAT.ztailpacking, 'ztailpacking'],
  [INCOMPAT.fragments, 'fragments, dedupe'],
  [INCOMPAT.xattrPrefixes, 'xattr_prefixes'],
  [INCOMPAT.bit48, '48bit'],
  [INCOMPAT.metabox, 'metabox'],
]

/** All bits that this version of the format defines. */
export const KNOWN_INCOMPAT: number = Object.values(INCOMPAT).reduce((all, bit) => all | bit, 0)

/** The incompatible features by the names that dump.erofs gives them. */
export function namesOfIncompat(bits: number): string {
  return NAMES.filter(([bit]) => (bits & bit) !== 0)
    .map(([, name]) => name)
    .join(', ')
}

/** Compression algorithms by their number in `h_algorithmtype` (erofs_fs.h: Z_EROFS_COMPRESSION_LZ4 and so on). */
export const ALGORITHMS = ['lz4', 'lzma', 'deflate', 'zstd'] as const
export type Algorithm = (typeof ALGORITHMS)[number]
