import type { OpenImage } from '../../src/images/open-image.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'
import { discOf } from './disc.ts'
import { SMALL_DEBIAN } from './dpkg/small-debian.ts'

/** What stands in an upper layer for a removed entry. */
export const REMOVED: Content = { device: 0 }
export const STATUS = 'var/lib/dpkg/status'
/** The paragraph of vim in the database. */
export const VIM = /Package: vim\n(.+\n)*\n?/
const statusBelow = String(SMALL_DEBIAN[STATUS])

/** An upper layer: another bash, a package more and one less, a changed file, and a directory in place of a file. */
const UPPER: Readonly<Record<string, Content>> = {
  'usr/bin/bash': 'a newer bash'.repeat(900),
  'usr/bin/vim': REMOVED,
  'usr/bin/editor': REMOVED,
  'usr/bin/nano': 'nano'.repeat(900),
  'usr/share/nano/rc': 'as it was'.repeat(90),
  'etc/machine-id/of/all': 'no file any more',
  'var/lib/dpkg/info/vim.list': REMOVED,
  'var/lib/dpkg/info/nano.list': '/usr/bin/nano\n/usr/share/nano/rc\n',
  [STATUS]: `Package: nano\nStatus: install ok installed\nVersion: 7.2-1\nArchitecture: amd64\nDepends: libc6\n\n${statusBelow
    .replace('5.2.15-2', '5.2.15-3')
    .replace(VIM, '')}`,
}
/** The topmost layer of a live system, with a program of no package, and another file of a package below it. */
const TOP: Readonly<Record<string, Content>> = {
  'usr/bin/live-installer': 'installs'.repeat(400),
  'usr/share/nano/rc': 'for live systems'.repeat(90),
  'etc/.wh.old.conf': '',
  'usr/lib/.wh..wh.plnk': '',
}

/** The layers of a small live system as casper knows them, the lowest one first. */
export const LAYERS = [SMALL_DEBIAN, UPPER, TOP] as const

/** A disc with these layers. */
export function openUbuntu(): OpenImage {
  const names = ['minimal', 'minimal.standard', 'minimal.standard.live']
  return discOf(
    Object.fromEntries(LAYERS.map((files, layer) => [`${names[layer]}.squashfs`, squashfsOf(files)])),
    'casper',
  )
}

/** The files of layers on top of each other, the lowest one first: what a copy of one over the other leaves. */
export function merged(...layers: readonly Readonly<Record<string, Content>>[]): Readonly<Record<string, Content>> {
  const all = new Map<string, Content>()
  const remove = (path: string): void => {
    for (const other of [...all.keys()]) if (other === path || other.startsWith(`${path}/`)) all.delete(other)
  }
  for (const layer of layers) {
    const whiteouts = Object.keys(layer).filter((path) => isWhiteout(layer[path]!) || /(^|\/)\.wh\./.test(path))
    for (const path of whiteouts) remove(path.replace(/(^|\/)\.wh\./, '$1'))
    for (const [path, content] of Object.entries(layer)) {
      // A directory takes the place of a file.
      for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
        all.delete(path.slice(0, slash))
      if (whiteouts.includes(path)) continue
      remove(path)
      all.set(path, content)
    }
  }
  return Object.fromEntries(all)
}

function isWhiteout(content: Content): boolean {
  return typeof content === 'object' && 'device' in content
}
