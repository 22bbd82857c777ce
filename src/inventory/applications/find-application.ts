import type { OpenImage } from '../../images/open-image.ts'
import { appImageApplication } from './app-image.ts'
import type { Application } from './application.ts'
import { raucApplication } from './rauc.ts'
import { sifApplication } from './sif.ts'
import { snapApplication } from './snap.ts'

/** The application of an image; undefined if the image is no package of one. */
export async function applicationIn(open: OpenImage): Promise<Application | undefined> {
  switch (open.container?.name) {
    case 'AppImage':
      return appImageApplication(open)
    case 'SIF':
      return sifApplication(open)
    case 'RAUC bundle':
      return raucApplication(open)
    default:
      return open.image.format.name === 'squashfs' ? snapApplication(open) : undefined
  }
}
