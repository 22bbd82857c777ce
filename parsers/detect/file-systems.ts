import { byteString } from '../bytes/byte-string.ts'
import {
  labelled,
  listedBy7zz,
  type Recogniser,
  recogniseSignatures,
  shownByMount,
  textAt,
  viewAt,
} from './foreign-file.ts'

/** Where HFS and others have their superblock: after two sectors for a boot loader. */
const SUPERBLOCK = 1024

/** btrfs (kernel: struct btrfs_super_block). Its superblock is at 64 KiB. */
const recogniseBtrfs: Recogniser = (source, file) => {
  const start = 0x10000
  if (textAt(source, start + 64, 8) !== '_BHRfS_M') return undefined
  const label = labelled(textAt(source, start + 299, 256))
  return { what: `a btrfs file system${label}`, advice: shownByMount(file), offset: start + 64 }
}

/** XFS (kernel: struct xfs_dsb). */
const recogniseXfs: Recogniser = (source, file) => {
  const view = viewAt(source, 0, 120)
  if (view === undefined || view.getUint32(0) !== 0x58465342) return undefined
  const blockSize = view.getUint32(4)
  if (blockSize < 512 || blockSize > 65_536 || (blockSize & (blockSize - 1)) !== 0) return undefined
  return { what: `an XFS file system${labelled(textAt(source, 108, 12))}`, advice: shownByMount(file), offset: 0 }
}

/** cramfs (kernel: struct cramfs_super) in either byte order. It may begin after 512 bytes for a boot loader. */
const recogniseCramfs: Recogniser = (source, file) => {
  const start = [0, 512].find((at) => textAt(source, at + 16, 16) === 'Compressed ROMFS')
  if (start === undefined) return undefined
  const magic = byteString(source.read(start, 4))
  if (magic !== '\x45\x3d\xcd\x28' && magic !== '\x28\xcd\x3d\x45') return undefined
  return { what: 'a cramfs file system', advice: listedBy7zz(file), offset: start }
}

/** HFS+ and HFSX (TN1150, Volume Header). Their versions are 4 and 5. */
const recogniseHfsPlus: Recogniser = (source, file) => {
  const header = textAt(source, SUPERBLOCK, 4)
  if (header !== 'H+\0\x04' && header !== 'HX\0\x05') return undefined
  return { what: 'an HFS+ file system', advice: listedBy7zz(file), offset: SUPERBLOCK }
}

/** An LVM physical volume. Its label is in one of the first four sectors. */
const recogniseLvm: Recogniser = (source) => {
  const start = [0, 512, 1024, 1536].find(
    (at) => textAt(source, at, 8) === 'LABELONE' && textAt(source, at + 24, 8) === 'LVM2 001',
  )
  if (start === undefined) return undefined
  const advice = 'copy its logical volumes to files first'
  return { what: 'an LVM physical volume', advice, offset: start }
}

/** Squashfs with the magic of a router vendor. Each vendor changed the format in its own way. */
const VENDORS = ['shsq', 'qshs', 'tqsh', 'hsqt', 'sqlz'].map((bytes) => ({
  offset: 0,
  bytes,
  what: `a vendor-specific squashfs (magic ${bytes})`,
}))

// biome-ignore format: one signature a line
const recogniseFixed = recogniseSignatures([
  { offset: 0, bytes: '-rom1fs-', what: 'a romfs file system', advice: shownByMount },
  { offset: SUPERBLOCK, bytes: '\x10\x20\xf5\xf2', what: 'an F2FS file system', advice: shownByMount },
  { offset: 3, bytes: 'NTFS    ', what: 'an NTFS file system', advice: listedBy7zz },
  { offset: 3, bytes: 'EXFAT   ', what: 'an exFAT file system', advice: shownByMount },
  { offset: 32, bytes: 'NXSB', what: 'an APFS container', advice: listedBy7zz },
  { offset: 0x10034, bytes: 'ReIsEr', what: 'a ReiserFS file system', advice: shownByMount },
  { offset: 0, bytes: 'DWARFS\x02', what: 'a DwarFS file system', advice: (file) => `dwarfsck -l -i ${file()} lists it` },
  { offset: 0, bytes: 'UBI#\x01', what: 'a UBI image for flash memory' },
  { offset: 0, bytes: 'LUKS\xba\xbe', what: 'an encrypted volume (LUKS)', advice: (file) => `cryptsetup open ${file()} NAME decrypts it` },
  { offset: 4086, bytes: 'SWAPSPACE2', what: 'swap space, which has no files' },
  ...VENDORS,
])

/** All file systems that we recognise but do not read, except FAT. */
export const FILE_SYSTEMS: readonly Recogniser[] = [
  recogniseBtrfs,
  recogniseXfs,
  recogniseCramfs,
  recogniseHfsPlus,
  recogniseLvm,
  recogniseFixed,
]
