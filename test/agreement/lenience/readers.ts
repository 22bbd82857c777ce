import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { pathBuilder } from '../../../parsers/image.ts'
import type { SquashfsImage } from '../../../parsers/squashfs/index.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { attribute } from '../../../src/inventory/attribution.ts'
import { type Output, ROOT, runTool } from '../../oracle.ts'

/** What a reader shows of an image: a line for each path, with all that it makes of it. */
export interface Seen {
  readonly entries: ReadonlyMap<string, string>
  /** Exit code 0 or its like: the reader claims to have shown everything. */
  readonly succeeded: boolean
  /** Whether it said anything was wrong. */
  readonly complained: boolean
}

/** Content that could not be read. */
const UNREADABLE = 'unreadable'

/**
 * What a reader makes of a changed image, against what it made of the sound one.
 * `all`: the same. `part`: something is not shown. `wrong`: something is shown that is not so, of which a reader that
 * fails is only held to the names. `refuses`: nothing is shown. Then `warns` where it said so, and `fails` where its exit code did.
 */
export function verdict(sound: Seen, changed: Seen): string {
  if (changed.entries.size <= 1 && !changed.succeeded) return 'refuses'
  const fails = sound.succeeded && !changed.succeeded
  const warns = !sound.complained && changed.complained
  const suffix = fails ? ', fails' : warns ? ', warns' : ''
  let lacks = false
  let wrong = false
  for (const [path, line] of sound.entries) {
    const shown = changed.entries.get(path)
    if (shown === line) continue
    // What was begun when a reader gave up depends on its threads, so that of a known path is no more than missing.
    if (shown === undefined || fails || shown.endsWith(UNREADABLE) || isPartOf(shown, line)) lacks = true
    else wrong = true
  }
  for (const path of changed.entries.keys()) if (!sound.entries.has(path)) wrong = true
  return (wrong ? 'wrong' : lacks ? 'part' : 'all') + suffix
}

/** Whether a line is another but for fields that are empty or could not be read. */
function isPartOf(line: string, whole: string): boolean {
  const wanted = whole.split('\t')
  return line.split('\t').every((field, at) => field === '' || field === UNREADABLE || field === wanted[at])
}

/** Lists a mounted folder with find, sha256sum and getfattr, all under one time limit: a read may hang in the kernel. */
const WALK = [
  'cd "$1" || exit 9',
  'find . -printf "%P\\t%y\\t%m\\t%U\\t%G\\t%T@\\t%s\\t%l\\0" || code=1',
  'printf "\\0"',
  'find . -type f -exec sha256sum -z {} + || code=1',
  'printf "\\0"',
  'getfattr -RPhd -m "^user" -e hex . || code=1',
  'exit $code',
].join('\n')

/** Times from then on are those of the run, of files the reader gave none. */
const RECENT = 1_600_000_000

/** What is made of one path, in fields that can be compared one by one. */
interface Path {
  /** As find has it: f, d, l and so on. */
  readonly type: string
  /** Permission bits, octal. */
  readonly mode: string
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly time: number
  readonly size: number
  readonly target: string
  readonly attributes: string
  /** SHA-256 of a file's content, or UNREADABLE. */
  readonly hash: string
}

function lineOf({ type, mode, uid, gid, time, size, target, attributes, hash }: Path): string {
  const isFile = type === 'f'
  const when = isFile && time < RECENT ? Math.floor(time) : ''
  return [type, mode, uid, gid, when, isFile ? size : '', target, attributes, isFile ? hash : ''].join('\t')
}

/** The output of `getfattr -d`, by path. */
function attributesIn(output: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const block of output.split('\n\n')) {
    const [head = '', ...lines] = block.trim().split('\n')
    if (lines.length > 0) found.set(head.replace('# file: ', ''), lines.sort().join(' '))
  }
  return found
}

/** The output of WALK. */
function walked(output: Buffer): ReadonlyMap<string, string> {
  const [found = '', hashes = '', attributes = ''] = output.toString('latin1').split('\0\0')
  const hashOf = new Map<string, string>()
  for (const line of hashes.split('\0')) if (line !== '') hashOf.set(line.slice(68), line.slice(0, 64))
  const attributesOf = attributesIn(attributes)
  const entries = new Map<string, string>()
  for (const line of found.split('\0')) {
    if (line === '') continue
    const [path = '', type = '', mode = '', uid, gid, time, size, target = ''] = line.split('\t')
    const [hash, own] = [hashOf.get(path) ?? UNREADABLE, attributesOf.get(path) ?? '']
    const numbers = { uid: Number(uid), gid: Number(gid), time: Number(time), size: Number(size) }
    entries.set(path, lineOf({ type, mode, ...numbers, target, attributes: own, hash }))
  }
  return entries
}

/** Lists a folder that was unpacked, whose names are a test's and plain. */
function listed(folder: string): ReadonlyMap<string, string> {
  const { stdout } = runTool('getfattr', ['-RPhd', '-m', '^user', '-e', 'hex', '.'], { cwd: folder, seconds: SECONDS })
  const attributesOf = attributesIn(stdout.toString('latin1'))
  const entries = new Map<string, string>()
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'latin1' })]) {
    const full = Buffer.from(join(folder, path), 'latin1')
    const stat = lstatSync(full)
    const type = stat.isFile() ? 'f' : stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : '?'
    const target = type === 'l' ? readlinkSync(full, 'latin1') : ''
    const hash = type === 'f' ? createHash('sha256').update(readFileSync(full)).digest('hex') : ''
    const { uid, gid, size } = stat
    const [mode, time] = [(stat.mode & 0o7777).toString(8), stat.mtimeMs / 1000]
    const attributes = attributesOf.get(path) ?? ''
    entries.set(path, lineOf({ type, mode, uid, gid, time, size, target, attributes, hash }))
  }
  return entries
}

/** A program that shows images. */
export interface Reader {
  readonly name: string
  /** What it needs, as `describeWith` takes it. */
  readonly tools: readonly string[]
  /** Which one the table was measured with; what `versionOf` must say. */
  readonly version: string
  versionOf(): string
  /** Why it cannot be asked here, where that is no fault of the machine. */
  unavailable?(): string | undefined
  read(image: string, work: string): Seen
}

const SECONDS = 20

/**
 * A reader that unpacks into a folder.
 * @param complaint what it prints where something is wrong; anything, unless it always talks
 */
function unpacker(
  name: string,
  version: string,
  versionOf: () => string,
  command: (image: string, folder: string) => readonly [tool: string, ...args: string[]],
  complaint: RegExp = /\S/,
): Reader {
  return {
    name,
    tools: [name, 'getfattr'],
    version,
    versionOf,
    read(image, work) {
      const folder = mkdtempSync(join(work, 'unpacked-'))
      try {
        const [tool, ...args] = command(image, folder)
        const { code, stderr } = runTool(tool, args, { seconds: SECONDS })
        return { entries: listed(folder), succeeded: code === 0, complained: complaint.test(stderr) }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}

const firstMatch = (output: Output, pattern: RegExp): string => {
  const text = output.stdout.toString('latin1') + output.stderr
  return pattern.exec(text)?.[1] ?? 'unknown'
}

export const unsquashfs: Reader = unpacker(
  'unsquashfs',
  '4.5.1',
  () => firstMatch(runTool('unsquashfs', ['-version']), /version (\S+)/),
  (image, folder) => ['unsquashfs', '-quiet', '-no-progress', '-force', '-dest', folder, image],
)

export const rdsquashfs: Reader = unpacker(
  'rdsquashfs',
  '1.2.0',
  () => firstMatch(runTool('rdsquashfs', ['--version']), /\) (\S+)/),
  (image, folder) => ['rdsquashfs', '-q', '-u', '/', '-p', folder, '-C', '-O', '-T', '-X', image],
)

export const sevenZip: Reader = unpacker(
  '7zz',
  '26.02',
  () => firstMatch(runTool('7zz', []), /7-Zip \(z\) (\S+)/),
  (image, folder) => ['7zz', 'x', '-y', '-bd', '-bso0', `-o${folder}`, image],
)

export const xorriso: Reader = unpacker(
  'xorriso',
  '1.5.4',
  () => firstMatch(runTool('xorriso', ['-version']), /xorriso version +: +(\S+)/),
  (image, folder) => [
    'xorriso',
    '-report_about',
    'WARNING',
    '-osirrox',
    'on',
    '-indev',
    image,
    '-extract',
    '/',
    folder,
  ],
  /: (WARNING|SORRY|FAILURE|FATAL) :/,
)

/** Writes each path that isoinfo lists to a file; it has no folders, so slashes become underlines. */
const ISOINFO = [
  'isoinfo -i "$2" -f > "$1.list" || exit 9',
  'while read -r path; do',
  '  name=$(printf %s "$path" | tr / _)',
  // Only files have a version; of a directory the name is all there is.
  '  case $path in *";"*) isoinfo -i "$2" -x "$path" > "$1/$name" || code=1 ;; *) : > "$1/$name" ;; esac',
  'done < "$1.list"',
  'rm "$1.list"',
  'exit $code',
].join('\n')

export const isoinfo: Reader = unpacker(
  'isoinfo',
  '1.1.11',
  () => firstMatch(runTool('isoinfo', ['--version']), /isoinfo (\S+)/),
  (image, folder) => ['/bin/sh', '-c', ISOINFO, 'isoinfo', folder, image],
)

/** Mounts an image on a loop device, in which the time limit holds as well, and lists what is there. */
const MOUNT = [
  'mount -t "$3" -o loop,ro,nosuid,nodev,noexec "$2" "$1" || exit 8',
  `(${WALK})`,
  'code=$?',
  'umount "$1" || umount -l "$1"',
  'exit $code',
].join('\n')

/** @param sample makes a sound image: whether a mount is allowed can only be tried */
export function linux(fileSystem: 'squashfs' | 'iso9660', sample: () => Uint8Array): Reader {
  return {
    name: 'Linux',
    tools: [ROOT, 'mount'],
    version: '6.18',
    unavailable() {
      if (process.getuid?.() !== 0) return 'needs root, to mount'
      const work = mkdtempSync(join(tmpdir(), 'isoscope-mount-'))
      try {
        const { stdout, code } = runTool(
          '/bin/sh',
          ['-c', MOUNT, 'mount', mkdtempSync(join(work, 'mounted-')), writeImage(work, sample()), fileSystem],
          { seconds: SECONDS },
        )
        return code === 0 && walked(stdout).size > 1 ? undefined : `cannot mount ${fileSystem} here`
      } finally {
        rmSync(work, { recursive: true, force: true })
      }
    },
    versionOf: () => firstMatch(runTool('uname', ['-r']), /^(\d+\.\d+)/),
    read(image, work) {
      const folder = mkdtempSync(join(work, 'mounted-'))
      const run = runTool('/bin/sh', ['-c', MOUNT, 'mount', folder, image, fileSystem], { seconds: SECONDS })
      rmSync(folder, { recursive: true, force: true })
      const { code, stdout, stderr } = run
      return { entries: walked(stdout), succeeded: code === 0, complained: stderr.trim() !== '' }
    },
  }
}

/** What isoscope shows; that its accounts add up to the file is asked on the way. */
export function isoscope(bytes: Uint8Array): Seen & { readonly sum: number | undefined } {
  const entries = new Map<string, string>()
  let open: ReturnType<typeof openSource>
  try {
    open = openSource(bytesSource(bytes, 'sample'))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { entries, succeeded: false, complained: true, sum: undefined }
  }
  const image = open.image as SquashfsImage
  const { accounts, complete, warnings } = attribute(open)
  const pathOf = pathBuilder(image.tree)
  let failed = false
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      failed = true
      return undefined
    }
  }
  for (const entry of image.tree.entries) {
    const hash = createHash('sha256')
    const content =
      entry.type !== 'file'
        ? ''
        : attempt(() => {
            for (const chunk of open.reader.chunks(entry)) hash.update(chunk)
            return hash.digest('hex')
          })
    const attributes = attempt(() => image.xattrs?.(entry)) ?? []
    const shown = attributes.map(({ name, value }) => `${name}=${Buffer.from(value).toString('hex')}`).sort()
    const { type, mode, uid, gid, mtime, size, target = '' } = entry
    const fields = [type, mode, uid, gid, type === 'file' ? `${mtime} ${size}` : '', target, shown.join(' ')]
    entries.set(pathOf(entry.index), [...fields, content ?? UNREADABLE].join('\t'))
  }
  return {
    entries,
    succeeded: complete && !failed,
    complained: warnings.length > 0,
    sum: accounts.reduce((total, { own }) => total + own, 0),
  }
}

/** A folder for images and what is unpacked of them. */
export function writeImage(work: string, bytes: Uint8Array): string {
  mkdirSync(work, { recursive: true })
  const path = join(work, 'image')
  writeFileSync(path, bytes)
  return path
}
