import { type ByteString, byteString, quoted } from '../bytes/byte-string.ts'
import type { ErrorCode } from '../bytes/errors.ts'
import { atLimit, type LimitName, type Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { headerFormat, headerProblem } from '../cpio/header.ts'
import { type Member, NAME_LIMIT, readMember, typeOf } from '../cpio/member.ts'
import { HardLinks } from './hard-links.ts'
import { Members } from './members.ts'
import { MergedTree, type Refusal } from './merged-tree.ts'
import type { Part, UnpackedInitrd } from './parts.ts'
import { afterZeros } from './zeros.ts'

/** The words for bytes of members that are no entry. */
const TRAILER = 'archive trailers'
const LEFT_OUT = 'members left out of the tree'

/** Why a member is left out, in words. */
const REFUSALS: Readonly<Record<Refusal, string>> = {
  dots: 'its name leads upwards with "..", so it is left out',
  root: 'it has the name of the root and is no directory, so it is left out',
  'below a file': 'it lies below a name that is no directory, so it is left out',
  depth: 'it is nested too deeply, so it is left out',
  full: 'a directory of its name has content, so it is left out',
}

/** Bytes that are no archive, or that we do not read. */
export interface Rest {
  readonly start: number
  readonly end: number
}

/** The members of all archives, and the tree that they make. */
export interface Archives {
  readonly members: Members
  readonly links: HardLinks
  readonly tree: MergedTree
  /** The number of archives. */
  readonly count: number
  /** Data after the archives, or after the archive in a compressed stream. */
  readonly rests: readonly Rest[]
  /** Where we stopped at a limit, up to the end of the part. */
  readonly unread: readonly Rest[]
}

/** Reads all archives of an initrd. It reports what is wrong with them, and leaves that out. */
export function readArchives(unpacked: UnpackedInitrd, limits: Limits, problems: Problems): Archives {
  const reader = new ArchiveReader(unpacked, limits, problems)
  for (const part of unpacked.parts) reader.read(part)
  reader.readRest(unpacked.restStart)
  return reader
}

class ArchiveReader implements Archives {
  readonly members = new Members()
  readonly links = new HardLinks()
  readonly tree: MergedTree
  readonly rests: Rest[] = []
  readonly unread: Rest[] = []
  count = 0
  readonly #source: ByteSource
  readonly #restStart: number
  readonly #limits: Limits
  readonly #problems: Problems
  /** Whether the last member that we read is no trailer, so that more of its archive should follow. */
  #isInArchive = false
  #isFull = false

  constructor({ source, restStart }: UnpackedInitrd, limits: Limits, problems: Problems) {
    this.#source = source
    this.#restStart = restStart
    this.#limits = limits
    this.#problems = problems
    const targetOf = (member: number): ByteString => {
      return targetAt(source, this.members.dataStarts[member]!, this.members.sizes[member]!)
    }
    this.tree = new MergedTree(this.members, targetOf, limits.depth)
  }

  /** Reads the archives of one part. */
  read(part: Part): void {
    for (let at = part.start; at < part.end; ) {
      if (this.#isFull) {
        this.unread.push({ start: at, end: part.end })
        return
      }
      const member = readMember(this.#source, at)
      if (member !== undefined) {
        this.#add(member, part)
        at = member.end
        continue
      }
      // Zeros end an archive, also one without a trailer.
      const next = afterZeros(this.#source, at, part.end)
      if (next === at) {
        this.#noMember(at, part)
        return
      }
      if (next < part.end) this.#endArchive(at, false)
      at = next
    }
    if (part.damage !== undefined) {
      this.#problems.damage(part.damage)
      this.#isInArchive = false
    }
    // Zeros after it would have followed its trailer.
    this.#endArchive(part.end, part.end === this.#source.size || part.end === this.#restStart)
  }

  /** Names what follows the archives. */
  readRest(start: number): void {
    const { size } = this.#source
    if (start >= size || this.#isFull) return
    this.rests.push({ start, end: size })
    const problem = this.#unreadableHeader(start)
    if (problem !== undefined) this.#problems.damage(problem)
    else {
      const detail = 'it is no cpio archive, and not the start of a compressed one; it is left out'
      this.#problems.add('MALFORMED', detail, { structure: 'data after the archives', offset: start })
    }
  }

  #add(member: Member, part: Part): void {
    const { offset, header, dataOffset, isTrailer } = member
    const end = Math.min(member.end, part.end)
    const dataStart = Math.min(dataOffset, part.end)
    const size = Math.min(header.filesize, part.end - dataStart)
    if (!this.#isInArchive) this.count += 1
    this.#isInArchive = !isTrailer
    const type = typeOf(header)
    const link = isTrailer ? -1 : this.links.join(this.members.count, header, type, size)
    const number = this.members.add(offset, dataStart, end, size, this.count, link)
    if (isTrailer) {
      this.members.structures.set(number, TRAILER)
      this.links.endArchive()
      return
    }
    const isNameCut = header.namesize <= NAME_LIMIT && offset + header.length + header.namesize > part.end
    if (header.namesize <= NAME_LIMIT && dataOffset + header.filesize > part.end)
      this.#cutShort(member, part, isNameCut)
    if (type === 'file' && header.format === 'crc' && size === header.filesize) this.members.summed.push(number)
    if (isNameCut || !this.#place(member, type, number)) this.members.structures.set(number, LEFT_OUT)
    this.#checkLimits(offset)
  }

  #place(member: Member, type: ReturnType<typeof typeOf>, number: number): boolean {
    const { header, name, isTerminated, offset } = member
    if (header.namesize === 0 || header.namesize > NAME_LIMIT) {
      const detail = 'its name is not of a length that Linux reads, so it is left out'
      const facts = { field: 'namesize', found: header.namesize, expected: `from 1 to ${NAME_LIMIT}` }
      this.#lose(member, 'MALFORMED', detail, facts)
      return false
    }
    if (!isTerminated) {
      const place = { structure: structureOf(member), offset, field: 'name' }
      this.#problems.add('MALFORMED', 'its name does not end with its only NUL', place)
    }
    if (type === 'symlink' && header.filesize > this.#limits.symlink) {
      const facts = { found: header.filesize, ...atLimit(this.#limits, 'symlink') }
      this.#lose(member, 'LIMIT', 'its target is too long, so it is left out', facts)
      return false
    }
    if (type === undefined) {
      this.#lose(member, 'MALFORMED', 'its mode is of no type of file, so it is left out', {
        field: 'mode',
        found: `0o${header.mode.toString(8)}`,
      })
      return false
    }
    const refusal = this.tree.place(name, type, number)
    if (refusal === 'depth') this.#lose(member, 'LIMIT', REFUSALS[refusal], atLimit(this.#limits, 'depth'))
    else if (refusal !== undefined) this.#lose(member, 'MALFORMED', REFUSALS[refusal], {})
    return refusal === undefined
  }

  #checkLimits(offset: number): void {
    const names = Math.max(this.tree.count, this.members.count)
    let limit: LimitName | undefined
    if (names > this.#limits.entries) limit = 'entries'
    else if (this.tree.pathBytes > this.#limits.path) limit = 'path'
    if (limit === undefined) return
    this.#isFull = true
    const detail =
      limit === 'entries'
        ? 'too many names; the rest is left out'
        : 'its paths are too long in total; the rest is left out'
    this.#problems.lose('LIMIT', detail, { structure: 'cpio archive', offset, ...atLimit(this.#limits, limit) })
  }

  #lose(member: Member, code: ErrorCode, detail: string, facts: object): void {
    this.#problems.lose(code, detail, { structure: structureOf(member), offset: member.offset, ...facts })
  }

  #cutShort(member: Member, { end, damage }: Part, isNameCut: boolean): void {
    // It is told once.
    this.#isInArchive = false
    if (damage !== undefined) return
    const { header, dataOffset } = member
    const where = end === this.#source.size ? 'the file' : 'its archive'
    if (isNameCut) this.#lose(member, 'TRUNCATED', `${where} ends in its name, so it is left out`, {})
    else {
      const facts = { found: `${end - Math.min(dataOffset, end)} bytes`, expected: header.filesize }
      this.#lose(member, 'TRUNCATED', `${where} ends in its content, of which the rest is lost`, facts)
    }
  }

  /** Reports what stands where a member should, and gives it a name. */
  #noMember(at: number, part: Part): void {
    this.rests.push({ start: at, end: part.end })
    const problem = this.#unreadableHeader(at)
    if (problem !== undefined) this.#problems.damage(problem)
    else if (this.#isInArchive) this.#endArchive(at, true)
    else {
      const detail = 'data after the archive in a compressed stream; it is left out'
      this.#problems.add('MALFORMED', detail, { structure: 'cpio archive', offset: at })
    }
    if (part.damage !== undefined) this.#problems.damage(part.damage)
    this.#isInArchive = false
    this.links.endArchive()
  }

  #unreadableHeader(at: number): ReturnType<typeof headerProblem> | undefined {
    const { size } = this.#source
    const isHeader = headerFormat(this.#source.read(at, Math.min(6, size - at))) !== undefined
    return isHeader ? headerProblem(this.#source, at) : undefined
  }

  /**
   * Ends an archive that has no trailer, which Linux accepts.
   * @param mayMiss whether members may be missing there
   */
  #endArchive(at: number, mayMiss: boolean): void {
    const place = { structure: 'cpio archive', offset: Math.min(at, this.#source.size) }
    if (this.#isInArchive && mayMiss) {
      this.#problems.lose('TRUNCATED', 'it ends without a trailer, so members may be missing', place)
    } else if (this.#isInArchive) this.#problems.add('MALFORMED', 'it ends without a trailer', place)
    this.#isInArchive = false
    this.links.endArchive()
  }
}

/** "newc header of bin/sh": a member in messages. */
function structureOf({ header, name }: Member): string {
  return `${header.format} header of ${quoted(name)}`
}

/** The target of a symbolic link: its content up to a NUL, which the kernel's own tool writes. */
export function targetAt(source: ByteSource, offset: number, size: number): ByteString {
  const text = byteString(source.read(offset, size))
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}
