import type { Positional } from './definition.ts'

export const IMAGE = {
  name: 'image',
  what: 'an image',
  describe: 'an ISO9660 image, a squashfs, an AppImage, a SIF, a saved report, or a URL of one',
  required: true,
  completes: 'file',
} as const satisfies Positional

/** For commands about contents, which a saved report does not have. */
export const IMAGE_ITSELF = {
  ...IMAGE,
  describe: 'an ISO9660 image, a squashfs, an AppImage, a SIF, or a URL of one',
} as const satisfies Positional
