import type { Limits } from '../bytes/limits.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { CodecName } from '../codecs/codec.ts'
import type { CompressorOptions } from './compressor-options.ts'
import type { LookupTable } from './lookup-table.ts'
import type { MetadataTable } from './metadata-table.ts'
import type { LocatedSuperblock } from './superblock.ts'
import type { SquashfsTree } from './tree-columns.ts'
import type { XattrTables } from './xattr.ts'

/** The parts of an opened squashfs. A part that we could not open is undefined or an empty table. */
export interface SquashfsParts {
  readonly source: ByteSource
  readonly limits: Limits
  readonly superblock: LocatedSuperblock
  readonly codec: CodecName
  readonly options: CompressorOptions | undefined
  readonly inodes: MetadataTable | undefined
  readonly directories: MetadataTable | undefined
  readonly fragments: LookupTable
  readonly exports: LookupTable | undefined
  readonly ids: LookupTable
  readonly xattrs: XattrTables | undefined
  readonly tree: SquashfsTree
}
