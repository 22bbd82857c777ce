import { readKeyFile } from '../../../parsers/key-file/key-file.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { childrenOf } from '../../images/resolve-path.ts'
import { smallText, smallTextAt } from '../small-text.ts'
import type { Application } from './application.ts'
import { described } from './described.ts'

/** The group of a desktop file that we read ("Desktop Entry Specification", Group headers). */
const GROUP = 'Desktop Entry'

/** The application of an AppImage, from the desktop file in its root ("AppImage specification", The filesystem image). */
export function appImageApplication(open: OpenImage): Application {
  const { image } = open
  for (const child of childrenOf(image, image.tree.entry(0))) {
    if (!child.name.endsWith('.desktop')) continue
    // Often the file is a link to one in usr/share/applications.
    const text = child.target === undefined ? smallText(open, child) : smallTextAt(open, child.target)
    const entry = text === undefined ? undefined : readKeyFile(text).get(GROUP)
    if (entry === undefined) continue
    const facts = { name: entry.get('Name'), version: entry.get('X-AppImage-Version'), icon: entry.get('Icon') }
    return { kind: 'AppImage', ...described({ ...facts, desktopFile: child.name }) }
  }
  return { kind: 'AppImage' }
}
