import type { ImplantedHash } from '../image.ts'
import type { Layout } from './layout.ts'
import { SECTOR, volumeDescriptor } from './volume-descriptor.ts'

/** Bytes of the application use area (ECMA-119 8.4.33), where implantisomd5 writes. */
const APPLICATION_USE = 512

/**
 * The MD5 that isomd5sum's implantisomd5 wrote into the primary volume descriptor, as "ISO MD5SUM = …;SKIPSECTORS = 15;".
 * It covers the volume without its last SKIPSECTORS sectors, and sees the application use area as spaces (isomd5sum:
 * libcheckisomd5.c). Undefined without one, or if it lacks one of the two fields, as for checkisomd5.
 */
export function implantedMd5({ set }: Layout): ImplantedHash | undefined {
  const primary = set.descriptors.find(({ kind }) => kind === 'primary volume descriptor')
  if (primary?.fields === undefined) return undefined
  const { applicationUse, volumeSpaceSize } = primary.fields
  const expected = /(?:^|;)ISO MD5SUM = ([0-9a-f]{32})/.exec(applicationUse)?.[1]
  const skipped = /;SKIPSECTORS = (\d+);/.exec(applicationUse)?.[1]
  if (expected === undefined || skipped === undefined) return undefined
  const start = primary.offset + volumeDescriptor.offsets.applicationUse
  return {
    name: 'MD5 of isomd5sum',
    algorithm: 'md5',
    expected,
    // It counts in sectors whatever the block size is, and reads the big-endian number.
    length: Math.max(volumeSpaceSize.big - Number(skipped), 0) * SECTOR,
    blank: { start, end: start + APPLICATION_USE },
  }
}
