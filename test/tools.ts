import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The programs that tests compare with, each with the Debian package that has it. */
const TOOLS: Readonly<Record<string, string>> = {
  '7zz': '7zip',
  'apt-cache': 'apt',
  'apt-get': 'apt',
  ar: 'binutils',
  as: 'binutils',
  bsdtar: 'libarchive-tools',
  bzip2: 'bzip2',
  checkisomd5: 'isomd5sum',
  chromium: 'chromium',
  cpio: 'cpio',
  debootstrap: 'debootstrap',
  debugfs: 'e2fsprogs',
  dot: 'graphviz',
  dpkg: 'dpkg',
  'dpkg-deb': 'dpkg',
  'dpkg-query': 'dpkg',
  graphml2gv: 'graphviz',
  'fsck.fat': 'dosfstools',
  fish: 'fish',
  e2fsck: 'e2fsprogs',
  file: 'file',
  'firefox-esr': 'firefox-esr',
  'dump.erofs': 'erofs-utils',
  'fsck.erofs': 'erofs-utils',
  xmllint: 'libxml2-utils',
  genisoimage: 'genisoimage',
  genromfs: 'genromfs',
  gensquashfs: 'squashfs-tools-ng',
  getcap: 'libcap2-bin',
  getfattr: 'attr',
  gzip: 'gzip',
  implantisomd5: 'isomd5sum',
  isoinfo: 'genisoimage',
  jq: 'jq',
  ld: 'binutils',
  less: 'less',
  lsinitramfs: 'initramfs-tools-core',
  lz4: 'lz4',
  lzop: 'lzop',
  man: 'man-db',
  mattrib: 'mtools',
  mcopy: 'mtools',
  mdel: 'mtools',
  mdir: 'mtools',
  mformat: 'mtools',
  minfo: 'mtools',
  'mkfs.btrfs': 'btrfs-progs',
  'mkfs.cramfs': 'util-linux-extra',
  'mkfs.erofs': 'erofs-utils',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  'mkfs.xfs': 'xfsprogs',
  mksquashfs: 'squashfs-tools',
  mkswap: 'util-linux',
  mkudffs: 'udftools',
  mkzftree: 'genisoimage',
  mmd: 'mtools',
  mount: 'mount',
  mshowfat: 'mtools',
  ncdu: 'ncdu',
  nix: 'nix-bin',
  'nix-hash': 'nix-bin',
  'nix-instantiate': 'nix-bin',
  'nix-store': 'nix-bin',
  objcopy: 'binutils',
  objdump: 'binutils',
  openssl: 'openssl',
  pacman: 'pacman-package-manager',
  parallel: 'parallel',
  'qemu-img': 'qemu-utils',
  rauc: 'rauc',
  rdsquashfs: 'squashfs-tools-ng',
  readelf: 'binutils',
  'redis-server': 'redis-server',
  rpm: 'rpm',
  rpmbuild: 'rpm',
  script: 'bsdutils',
  setcap: 'libcap2-bin',
  setfattr: 'attr',
  sfdisk: 'fdisk',
  sgdisk: 'gdisk',
  siftool: 'siftool',
  sqfstar: 'squashfs-tools',
  sqlite3: 'sqlite3',
  tar: 'tar',
  tmux: 'tmux',
  unsquashfs: 'squashfs-tools',
  xorriso: 'xorriso',
  xorrisofs: 'xorriso',
  xz: 'xz-utils',
  zip: 'zip',
  zsh: 'zsh',
  zstd: 'zstd',
}

/** Stands in a list of tools for the right to make device nodes and privileged attributes. */
export const ROOT = 'root'

/** Whether a program is on the PATH. */
export function installed(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * Which of these tools cannot be used here.
 * @throws {Error} when one is not in the list above
 */
export function missingOf(tools: readonly string[]): string[] {
  const unknown = tools.filter((tool) => tool !== ROOT && TOOLS[tool] === undefined)
  if (unknown.length > 0) throw new Error(`test/tools.ts does not have ${unknown.join(', ')}`)
  return tools.filter((tool) => (tool === ROOT ? process.getuid?.() !== 0 : !installed(tool)))
}

/** One line about all tools that are not installed: what needs them was skipped. */
export function whatIsMissing(): string {
  const missing = missingOf([...Object.keys(TOOLS), ROOT])
  if (missing.length === 0) return 'all programs to compare with are installed'
  const named = missing.map((tool) => (tool === ROOT ? 'the rights of root' : `${tool} (${TOOLS[tool]})`))
  return `not here, so that what needs it is skipped: ${named.join(', ')}`
}
