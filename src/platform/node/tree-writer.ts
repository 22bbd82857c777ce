import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { type ByteString, byteString, bytesOf } from '../../../parsers/bytes/byte-string.ts'
import type { Entry } from '../../../parsers/image.ts'
import { nameProblem } from './file-names.ts'
import { makeDirectory } from './make-directory.ts'

/** What a file has besides its content. */
export type Attributes = Pick<Entry, 'mode' | 'uid' | 'gid' | 'mtime'>

/** A reason not to write something, as the rest of a sentence about it: "is there already". */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** A file that is being written under another name. */
export interface UnfinishedFile {
  write(bytes: Uint8Array): void
  /** Leaves a hole of this many zeros. */
  skip(length: number): void
  /** Gives the file its size, its attributes and its name. */
  finish(attributes: Attributes): void
  /** Removes the file, if it is not finished. */
  discard(): void
}

/** Only root may give files away and make devices. */
const IS_ROOT = process.getuid?.() === 0
/** Without the set-user-ID and set-group-ID bits: the file of another user would run as this one. */
const MODE_OF_OTHERS = 0o1777

/**
 * Writes a tree below a directory, and nothing outside it. Paths are '' for the directory itself, else "/a/b". A parent
 * is made before what it holds. We write into a directory only after we made it or saw that it is no link, and we never
 * replace a directory, so no link that we write can lead us out. Methods throw a `Refusal` or the system's error.
 */
export class TreeWriter {
  readonly #top: string
  readonly #replaces: boolean
  readonly #topBytes: Uint8Array
  /** The directories that we may write into. */
  readonly #entered = new Set<ByteString>()
  /** The directories that we made, which get their attributes at the end: a read-only one must first be filled. */
  readonly #made: { readonly path: ByteString; readonly attributes: Attributes }[] = []
  /** What we wrote, by device and inode, so that we do not replace it. On some file systems two names are one. */
  readonly #written = new Set<string>()
  readonly #unfinishedName: string = `.isoscope-${randomBytes(6).toString('hex')}.tmp`
  #discard = (): void => {}

  /** @param replaces whether what is already there may be replaced, if it is no directory */
  constructor(top: string, replaces: boolean) {
    this.#top = top
    this.#topBytes = Buffer.from(top)
    this.#replaces = replaces
  }

  /** Whether a directory is there to write into. */
  has(directory: ByteString): boolean {
    return this.#entered.has(directory)
  }

  /** Finds out whether `path` can be written, and writes nothing. Directories count as made. */
  examine(path: ByteString, isDirectory: boolean): void {
    if (path === '') {
      const stat = statSync(this.#top, { throwIfNoEntry: false })
      if (stat !== undefined && !stat.isDirectory()) throw new Refusal('is not a directory')
    } else if (isDirectory) this.#existingDirectory(path)
    else this.#refuseExisting(path)
    if (isDirectory) this.#entered.add(path)
  }

  /**
   * Makes a directory, or takes the one that is there as it is.
   * @param attributes undefined for those that the system gives to a new directory
   */
  directory(path: ByteString, attributes: Attributes | undefined): void {
    const isNew = this.#makeDirectory(path, attributes === undefined ? 0o777 : 0o700)
    if (isNew && attributes !== undefined) this.#made.push({ path, attributes })
    this.#entered.add(path)
  }

  /** Begins a file. There is at most one unfinished file at a time. */
  file(path: ByteString): UnfinishedFile {
    this.#refuseExisting(path)
    const unfinished = this.#unfinishedIn(path)
    const { O_CREAT, O_EXCL, O_WRONLY } = constants
    const descriptor = openSync(unfinished, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    let size = 0
    let endsInHole = false
    let isOpen = true
    const discard = (): void => {
      if (!isOpen) return
      isOpen = false
      closeSync(descriptor)
      rmSync(unfinished, { force: true })
    }
    this.#discard = discard
    return {
      write(bytes) {
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(descriptor, bytes, done, bytes.length - done, size + done)
        }
        size += bytes.length
        if (bytes.length > 0) endsInHole = false
      },
      skip(length) {
        size += length
        endsInHole = true
      },
      finish: (attributes) => {
        if (endsInHole) ftruncateSync(descriptor, size)
        if (IS_ROOT) fchownSync(descriptor, attributes.uid, attributes.gid)
        // Last, because a change of the owner takes the set-user-ID bit away.
        fchmodSync(descriptor, modeOf(attributes))
        const time = timeOf(attributes)
        futimesSync(descriptor, time, time)
        renameSync(unfinished, this.#bytesOf(path))
        isOpen = false
        closeSync(descriptor)
        this.#remember(path)
      },
      discard,
    }
  }

  /** Gives a file that we wrote another name. */
  link(path: ByteString, existing: ByteString): void {
    this.#place(path, (target) => linkSync(this.#bytesOf(existing), target))
  }

  symlink(path: ByteString, target: ByteString, attributes: Attributes): void {
    this.#place(path, (link) => {
      symlinkSync(Buffer.from(bytesOf(target)), link)
      if (IS_ROOT) lchownSync(link, attributes.uid, attributes.gid)
      const time = timeOf(attributes)
      lutimesSync(link, time, time)
    })
  }

  /** Makes a device or a named pipe. Node has no call for it, so this runs mknod(1). */
  special(path: ByteString, numbers: readonly string[], attributes: Attributes): void {
    this.#place(path, (target) => {
      // Arguments are text and names are bytes, so it gets a plain name first.
      const plain = `.isoscope-${randomBytes(6).toString('hex')}.tmp`
      const { error, status, stderr } = spawnSync('mknod', [plain, ...numbers], { cwd: this.#top })
      if (error !== undefined || status !== 0) {
        const reason = error === undefined ? stderr.toString().trim() : error.message
        throw new Refusal(`cannot be made: ${reason}`)
      }
      const made = Buffer.concat([this.#topBytes, Buffer.from(`/${plain}`)])
      try {
        renameSync(made, target)
      } finally {
        rmSync(made, { force: true })
      }
      if (IS_ROOT) lchownSync(target, attributes.uid, attributes.gid)
      chmodSync(target, modeOf(attributes))
      const time = timeOf(attributes)
      utimesSync(target, time, time)
    })
  }

  /**
   * Gives the directories that we made their attributes.
   * @param failed receives a directory whose attributes the system refuses
   */
  finishDirectories(failed: (path: ByteString, error: unknown) => void): void {
    // From the innermost out: writing into a directory changes its time.
    for (const { path, attributes } of this.#made.reverse()) {
      const directory = this.#bytesOf(path)
      try {
        if (IS_ROOT) lchownSync(directory, attributes.uid, attributes.gid)
        const time = timeOf(attributes)
        utimesSync(directory, time, time)
        chmodSync(directory, modeOf(attributes))
      } catch (error) {
        failed(path, error)
      }
    }
    this.#made.length = 0
  }

  /** Removes the unfinished file, if there is one. */
  discard(): void {
    this.#discard()
  }

  #bytesOf(path: ByteString): Buffer {
    return Buffer.concat([this.#topBytes, bytesOf(path)])
  }

  /** A name of its own, in the same directory as `path`, so that a rename moves it. */
  #unfinishedIn(path: ByteString): Buffer {
    return this.#bytesOf(`${parentOf(path)}/${this.#unfinishedName}`)
  }

  #makeDirectory(path: ByteString, mode: number): boolean {
    if (path === '') {
      // The directory that the user names may be a link.
      const isNew = makeDirectory(this.#top, 0o777)
      if (!isNew && !statSync(this.#top).isDirectory()) throw new Refusal('is not a directory')
      return isNew
    }
    if (this.#existingDirectory(path)) return false
    mkdirSync(this.#bytesOf(path), mode)
    return true
  }

  /** Whether there is a directory at a path; something else there is in the way. */
  #existingDirectory(path: ByteString): boolean {
    this.#checkName(path)
    const stat = lstatSync(this.#bytesOf(path), { throwIfNoEntry: false })
    if (stat === undefined) return false
    if (stat.isDirectory()) return true
    const what = stat.isSymbolicLink() ? 'a symbolic link' : 'a file'
    throw new Refusal(`is ${what} already, so nothing is written below it`)
  }

  #refuseExisting(path: ByteString): void {
    this.#checkName(path)
    const stat = lstatSync(this.#bytesOf(path), { throwIfNoEntry: false, bigint: true })
    if (stat === undefined) return
    if (stat.isDirectory()) throw new Refusal('is a directory already')
    if (this.#written.has(`${stat.dev} ${stat.ino}`)) throw new Refusal('has the same name here as another file of it')
    if (!this.#replaces) throw new Refusal('is there already; --force replaces it')
  }

  #checkName(path: ByteString): void {
    const problem = nameProblem(path.slice(path.lastIndexOf('/') + 1), process.platform)
    if (problem !== undefined) throw new Refusal(problem)
    if (!this.#entered.has(parentOf(path))) throw new Refusal('has no directory to be in')
  }

  /** Makes a new object at `path`. It replaces another one only at once, by a rename. */
  #place(path: ByteString, make: (path: Buffer) => void): void {
    this.#refuseExisting(path)
    const unfinished = this.#unfinishedIn(path)
    const discard = (): void => rmSync(unfinished, { force: true })
    this.#discard = discard
    try {
      make(unfinished)
      renameSync(unfinished, this.#bytesOf(path))
    } catch (error) {
      discard()
      throw error
    }
    this.#discard = () => {}
    this.#remember(path)
  }

  #remember(path: ByteString): void {
    if (!this.#replaces) return
    const stat = lstatSync(this.#bytesOf(path), { throwIfNoEntry: false, bigint: true })
    if (stat !== undefined) this.#written.add(`${stat.dev} ${stat.ino}`)
  }
}

/** The directory of a path: '' for "/a". */
export function parentOf(path: ByteString): ByteString {
  return path.slice(0, path.lastIndexOf('/'))
}

/** A path below the directory that a user names, as bytes. */
export function pathBelow(top: string, path: ByteString): ByteString {
  return byteString(Buffer.from(top)) + path
}

function modeOf({ mode }: Attributes): number {
  return IS_ROOT ? mode : mode & MODE_OF_OTHERS
}

/** As a Date: Node takes a negative number of seconds for now. */
function timeOf({ mtime }: Attributes): Date {
  const time = new Date(mtime * 1000)
  if (Number.isNaN(time.valueOf())) throw new Refusal(`has a time that no system can have: ${mtime} seconds`)
  return time
}
