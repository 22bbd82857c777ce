import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account, HiddenByLayers } from '../inventory/attribution.ts'

/** What files are that no package owns, in the order in which we ask. The paths are those of the distributions. */
const CLASSES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['package caches', /\/var\/cache\/(apt|pacman|dnf|yum|apk|debconf)\/|\/etc\/apk\/cache\//],
  ['package lists', /\/var\/lib\/(apt\/lists|pacman\/sync|dnf|zypp)\//],
  ['package database', /\/(var\/lib\/(dpkg|pacman|rpm|apt)|lib\/apk\/db|usr\/(lib\/sysimage|share)\/rpm)(\/|$)/],
  [
    'repository index',
    // Of Alpine, Debian, rpm and Arch: what a package manager reads of the packages on a medium.
    /\/APKINDEX\.tar\.gz$|\/dists\/.*\/((In)?Release|Packages|Sources|Contents|Translation)[^/]*$|\/repodata\/|\.(db|files)\.tar(\.[a-z0-9]+)?$/,
  ],
  ['initrds', /\/(initrd|initramfs)[^/]*$|\/boot\/[^/]*\.cpio[^/]*$/],
  ['kernels', /\/(vmlinu[xz]|bzImage|kernel)[^/]*$/],
  ['boot loader', /\/(boot\/(grub2?|syslinux|isolinux)|EFI|efi|isolinux|syslinux)(\/|$)/],
  ['indexes of kernel modules', /\/modules\/[^/]+\/modules\.[^/]+$/],
  ['Python bytecode', /\/__pycache__(\/|$)|\.pyc$/],
  [
    'caches',
    /\/var\/cache\/|\/(icon-theme|mimeinfo|giomodule)\.cache$|\/ld\.so\.cache$|\/gschemas\.compiled$|\/hwdb\.bin$/,
  ],
  ['locale archive', /\/usr\/lib\/locale\//],
  ['logs', /\/var\/log\//],
  ['generated /etc', /\/etc\//],
]

/** What does not show in the root file system of its layers, whatever its path. */
const HIDDEN: Readonly<Record<HiddenByLayers, string>> = {
  shadowed: 'shadowed by an upper layer',
  whiteout: 'whiteouts',
}

/** The name of all other files. */
export const OTHER_FILES = 'other files'

/** What is in a class of files that no package owns. */
export interface UnownedClass {
  readonly name: string
  readonly own: number
  readonly unpacked: number
  readonly files: number
}

/** Groups what no package owns by what it is, largest first. Directories belong to no package and to no class. */
export function unownedClasses(accounts: readonly Account[]): readonly UnownedClass[] {
  const found = new Map<string, UnownedClass>()
  for (const { kind, name, own, unpacked, files, inLayers } of accounts) {
    if (kind !== 'file') continue
    const its = inLayers === undefined ? classOf(name, files) : HIDDEN[inLayers]
    const known = found.get(its)
    const { own: before = 0, unpacked: content = 0, files: count = 0 } = known ?? {}
    const sum = { name: its, own: before + own, unpacked: content + unpacked, files: count + files }
    found.set(sum.name, sum)
  }
  return [...found.values()].sort((a, b) => b.own - a.own || (a.name < b.name ? -1 : 1))
}

/** The class of a path. What has no content is a directory or a link. */
function classOf(path: ByteString, files: number): string {
  if (files === 0) return 'directories and links'
  return CLASSES.find(([, pattern]) => pattern.test(path))?.[0] ?? OTHER_FILES
}
