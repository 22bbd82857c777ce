import { readable } from '../bytes/byte-string.ts'
import type { Image } from '../image.ts'
import { featureNames, versionOf } from './features.ts'
import type { Geometry } from './superblock.ts'

/** The facts of a file system, from its superblock. */
export function factsOf({ block, blockSize, blocksCount, freeBlocks, inodeSize, groups }: Geometry): Image['facts'] {
  const features = [block.featureCompat, block.featureIncompat, block.featureRoCompat] as const
  const label = textOf(block.volumeName)
  const lastMounted = textOf(block.lastMounted)
  return {
    version: versionOf(...features),
    ...(label === '' ? {} : { volumeId: label }),
    uuid: uuidText(block.uuid),
    blockSize,
    blocks: blocksCount,
    freeBlocks,
    inodes: block.inodesCount,
    freeInodes: block.freeInodesCount,
    inodeSize,
    groups,
    features: featureNames(...features),
    mkfsTime: block.mkfsTime,
    writeTime: block.writeTime,
    ...(lastMounted === '' ? {} : { lastMounted }),
  }
}

/** A field of text that ends at its first NUL. */
function textOf(field: string): string {
  return readable(field.replace(/\0.*$/s, ''))
}

function uuidText(bytes: Uint8Array): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
