import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { type KeyFile, readKeyFile } from '../../../parsers/key-file/key-file.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { smallTextAt } from '../small-text.ts'
import type { Application, ApplicationImage } from './application.ts'
import { described } from './described.ts'

const MANIFEST = '/manifest.raucm'
/** The format of manifests that name none (RAUC, "Reference", manifest, bundle section). */
const DEFAULT_FORMAT = 'plain'
/** Groups of images: "image.rootfs", and in newer bundles "image.rootfs/artifact". */
const IMAGE_GROUP = /^image\.(.+)$/
/** The most images that we list. */
const MOST_IMAGES = 100

/** What a bundle of RAUC updates, from its manifest (RAUC, "Reference", manifest): the signed one, else that in the image. */
export function raucApplication(open: OpenImage): Application {
  const text = open.container?.facts.manifest ?? smallTextAt(open, MANIFEST)
  if (text === undefined) return { kind: 'RAUC bundle' }
  const manifest = readKeyFile(text)
  const update = manifest.get('update')
  return {
    kind: 'RAUC bundle',
    ...described({
      name: update?.get('compatible'),
      version: update?.get('version'),
      format: manifest.get('bundle')?.get('format') ?? DEFAULT_FORMAT,
      build: update?.get('build'),
    }),
    images: imagesOf(manifest),
  }
}

function imagesOf(manifest: KeyFile): readonly ApplicationImage[] {
  const images: ApplicationImage[] = []
  for (const [group, values] of manifest) {
    const { slot, file } = described({ slot: IMAGE_GROUP.exec(group)?.[1], file: values.get('filename') })
    if (slot === undefined || file === undefined || images.length >= MOST_IMAGES) continue
    const size = sizeOf(values.get('size'))
    images.push({ slot, file, ...(size === undefined ? {} : { size }) })
  }
  return images
}

function sizeOf(digits: ByteString | undefined): number | undefined {
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}
