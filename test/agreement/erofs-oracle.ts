import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, runTool } from '../oracle.ts'

/** What mkfs.erofs here can do. */
export interface Maker {
  /** The release: 109 for 1.9. The first one that tells it by `-V` is 1.6. */
  readonly release: number
  readonly compressors: readonly string[]
}

/** Asks mkfs.erofs what it can. */
export function askMaker(): Maker {
  const help = runTool('mkfs.erofs', ['--help'])
  const told = help.stdout.toString() + help.stderr
  const version = runTool('mkfs.erofs', ['-V'])
  const number = /mkfs\.erofs(?: \(erofs-utils\))? (\d+)\.(\d+)/.exec(version.stdout.toString() + version.stderr)
  const names = ['lz4', 'lz4hc', 'lzma', 'deflate', 'zstd']
  const listed = told.slice(Math.max(told.search(/ompressors/), 0))
  return {
    release: number === null ? 105 : Number(number[1]) * 100 + Number(number[2]),
    compressors: names.filter((name) => new RegExp(`\\b${name}\\b`).test(listed)),
  }
}

/** Whether the kernel of this machine mounts EROFS, and this user may mount. */
export function kernelMounts(): boolean {
  const known = readFileSync('/proc/filesystems', 'utf8')
  return /\berofs\b/.test(known) && existsSync('/dev/loop-control') && process.getuid?.() === 0
}

/** Mounts an image while `body` looks at it. */
export function mounted<T>(work: string, image: string, body: (folder: string) => T): T {
  const folder = join(work, 'mounted')
  mkdirSync(folder, { recursive: true })
  mustRun('mount', ['-t', 'erofs', '-o', 'loop,ro', image, folder])
  try {
    return body(folder)
  } finally {
    execFileSync('umount', [folder])
  }
}

/** Unpacks an image with fsck.erofs. */
export function extracted(work: string, image: string): string {
  const folder = join(work, 'extracted')
  rmSync(folder, { recursive: true, force: true })
  mustRun('fsck.erofs', [`--extract=${folder}`, image])
  return folder
}

/** An extent as dump.erofs prints it, in bytes. */
export interface DumpedExtent {
  readonly at: number
  readonly length: number
  readonly offset: number
  readonly stored: number
}

/** The extents of a file, by its nid. */
export function dumpedExtents(image: string, nid: number): DumpedExtent[] {
  const told = mustRun('dump.erofs', [`--nid=${nid}`, '-e', image]).toString()
  return [...told.matchAll(/^ *\d+: +(\d+)\.\. *\d+ \| +(\d+) : +(\d+)\.\. *\d+ \| +(\d+)/gm)].map((match) => ({
    at: Number(match[1]),
    length: Number(match[2]),
    offset: Number(match[3]),
    stored: Number(match[4]),
  }))
}

/** All extended attributes below a folder, by path: "name=hex" each, sorted. Paths that getfattr escapes are left out. */
export function attributesOf(folder: string): Map<string, string[]> {
  const told = mustRun('getfattr', ['-h', '-R', '-d', '-m', '-', '-e', 'hex', '--absolute-names', folder]).toString()
  const all = new Map<string, string[]>()
  for (const part of told.split('\n\n')) {
    const [first, ...lines] = part.split('\n')
    const path = first!.replace(/^# file: /, '').slice(folder.length)
    if (path.includes('\\') || lines.length === 0) continue
    all.set(
      path === '' ? '/' : path,
      lines
        .filter((line) => line !== '')
        .map((line) => line.replace(/=0x/, '=').replace(/=0s$/, '='))
        .sort(),
    )
  }
  return all
}
