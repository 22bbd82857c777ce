import { type Recogniser, recogniseSignatures } from './foreign-file.ts'

const hasNoFiles = (): string => 'it has no files to list'

/** Kernels in formats that we do not open, by the magic of their headers (kernel: Documentation/arch). */
export const KERNELS: readonly Recogniser[] = [
  recogniseSignatures([
    { offset: 36, bytes: '\x18\x28\x6f\x01', what: 'a Linux kernel for ARM (zImage)', advice: hasNoFiles },
    {
      offset: 0,
      bytes: '\x27\x05\x19\x56',
      what: 'a U-Boot image (uImage), usually a Linux kernel',
      advice: hasNoFiles,
    },
  ]),
]
