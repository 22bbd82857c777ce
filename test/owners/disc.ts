import { DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { directory, image, nm, px, record, rockRidgeImage, SECTOR } from '../parsers/iso9660/image-builder.ts'

/** A disc with files in one directory. */
export function discOf(
  files: Readonly<Record<string, Uint8Array>>,
  folder = 'pool',
  limits: Limits = DEFAULT_LIMITS,
): OpenImage {
  const records: Uint8Array[] = []
  const parts: Record<number, Uint8Array> = {}
  let block = 40
  for (const [name, bytes] of Object.entries(files)) {
    const systemUse = [px(0o100644), nm(name)]
    records.push(record({ name: `F${block}`, block, size: bytes.length, systemUse }))
    parts[block] = bytes
    block += Math.ceil(bytes.length / SECTOR)
  }
  parts[31] = directory(31, 20, records)
  const top = record({ name: 'D', block: 31, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm(folder)] })
  const small = rockRidgeImage([top])
  const bytes = image(block, parts)
  bytes.set(small.subarray(0, 31 * SECTOR))
  return openSource(bytesSource(bytes, 'medium.iso'), { limits })
}
