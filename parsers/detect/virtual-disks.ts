import { type FileWord, listedBy7zz, type Recogniser, recogniseSignatures, textAt } from './foreign-file.ts'

function byQemu(file: FileWord): string {
  return `qemu-img convert -O raw ${file()} ${file('.raw')} converts it to a raw disk, whose partitions isoscope lists`
}

// biome-ignore format: one signature a line
const recogniseFixed = recogniseSignatures([
  { offset: 0, bytes: 'QFI\xfb\0\0\0\x01', what: 'a QEMU disk image (qcow)', advice: byQemu },
  { offset: 0, bytes: 'QFI\xfb', what: 'a QEMU disk image (qcow2)', advice: byQemu },
  { offset: 0, bytes: 'QED\0', what: 'a QEMU disk image (QED)', advice: byQemu },
  { offset: 0, bytes: 'KDMV', what: 'a VMware disk image (VMDK)', advice: byQemu },
  { offset: 0, bytes: 'COWD', what: 'a VMware disk image (VMDK)', advice: byQemu },
  { offset: 0, bytes: '# Disk DescriptorFile', what: 'the descriptor file of a VMware disk image (VMDK)', advice: byQemu },
  { offset: 64, bytes: '\x7f\x10\xda\xbe', what: 'a VirtualBox disk image (VDI)', advice: byQemu },
  { offset: 0, bytes: 'vhdxfile', what: 'a Hyper-V disk image (VHDX)', advice: byQemu },
  { offset: 0, bytes: 'conectix', what: 'a virtual hard disk (VHD)', advice: byQemu },
  { offset: 0, bytes: 'WithoutFreeSpace', what: 'a Parallels disk image', advice: byQemu },
  { offset: 0, bytes: 'WithouFreSpacExt', what: 'a Parallels disk image', advice: byQemu },
  { offset: 0, bytes: 'CISO', what: 'a compressed disc image (CISO)', advice: () => 'convert it to an ISO first' },
  { offset: 0, bytes: 'MComprHD', what: 'a compressed disc image (CHD)', advice: (file) => `chdman extractraw -i ${file()} -o ${file('.iso')} converts it to a raw image` },
  { offset: 0, bytes: 'IsZ!', what: 'a compressed disc image (ISZ)', advice: () => 'convert it to an ISO first' },
  { offset: 0, bytes: 'DAA\0', what: 'a compressed disc image (DAA)', advice: () => 'convert it to an ISO first' },
])

/** Formats with their signature at the end: VHD of fixed size, Apple's UDIF, Nero's. */
const TRAILERS: readonly {
  readonly length: number
  readonly bytes: string
  readonly what: string
  readonly advice: (file: FileWord) => string
}[] = [
  { length: 512, bytes: 'conectix', what: 'a virtual hard disk (VHD) of fixed size', advice: byQemu },
  { length: 512, bytes: 'koly', what: 'an Apple disk image (DMG)', advice: listedBy7zz },
  {
    length: 12,
    bytes: 'NER5',
    what: 'a Nero disc image (NRG)',
    advice: (file) => `nrg2iso ${file()} ${file('.iso')} converts it to an ISO`,
  },
]

const recogniseTrailer: Recogniser = (source, file) => {
  for (const { length, bytes, what, advice } of TRAILERS) {
    const offset = source.size - length
    if (textAt(source, offset, bytes.length) === bytes) return { what, advice: advice(file), offset }
  }
  return undefined
}

/** Disk and disc images in their own containers. */
export const VIRTUAL_DISKS: readonly Recogniser[] = [recogniseFixed, recogniseTrailer]
