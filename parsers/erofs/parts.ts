import type { CompressionCfgs } from './compression-cfgs.ts'
import type { ContentParts } from './content.ts'
import type { ErofsTree } from './tree.ts'
import type { XattrPrefixes } from './xattr-prefixes.ts'

/** The parts of an opened image. */
export interface ErofsParts extends ContentParts {
  readonly tree: ErofsTree
  readonly prefixes: XattrPrefixes
  readonly cfgs: CompressionCfgs
}
