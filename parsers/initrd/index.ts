import { contentBudget } from '../bytes/content-budget.ts'
import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { memorySpool } from '../bytes/spool.ts'
import type { UnpackContext } from '../codecs/unpacking.ts'
import { headerFormat, headerProblem } from '../cpio/header.ts'
import type { Entry, FormatTraits, Image, StoredExtent, StoredRun } from '../image.ts'
import { type Archives, readArchives } from './archive-reader.ts'
import { claimContent, claimStructures, contentChecksums } from './claims.ts'
import { contentOf, type Entries, entriesOf } from './entries.ts'
import { NONE } from './members.ts'
import { type UnpackedInitrd, unpackInitrd } from './parts.ts'
import { afterZeros } from './zeros.ts'

/** The traits of initrds, and of cpio archives. */
export const INITRD: FormatTraits = {
  name: 'initrd',
  title: 'initrd',
  noun: 'an initrd',
  extensions: ['cpio'],
  looksInside: 'on demand',
  accounts: 'of its file',
  sharesBytes: false,
}

/** How an initrd is opened. */
export interface InitrdOptions extends Partial<Omit<UnpackContext, 'limits'>> {
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

/**
 * Opens an initrd: cpio archives (newc, crc or odc) one after the other, each of which may be compressed. The tree has
 * the files of all of them, as Linux unpacks one over the other. The image's source is what they unpack to, and close it
 * to free that. If none of them is compressed, it is the file itself.
 * @throws {FormatError} MALFORMED or TRUNCATED if no archive begins there; LIMIT if it unpacks to too much
 */
export function openInitrd(file: ByteSource, options: InitrdOptions = {}): Image {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { budget = contentBudget(limits, file.size), spool = memorySpool } = options
  const unpacked = unpackInitrd(file, { limits, budget, spool })
  if (unpacked.parts.length === 0) throw noArchive(file)
  const { source } = unpacked
  const problems = new Problems(source)
  const { archives, entries } = orClose(source, file, () => readAll(unpacked, limits, problems))
  const initrd = { source, archives, entries }
  const places = (entry: Entry): { offset: number; size: number } => {
    const member = entries.members[entry.index]!
    return entry.type === 'file' && member !== NONE ? contentOf(archives, member) : { offset: 0, size: 0 }
  }
  return {
    format: INITRD,
    source,
    tree: entries.tree,
    facts: { archives: archives.count, compression: compressionOf(unpacked.parts) },
    ...problems.found(),
    checksums: () => contentChecksums(initrd),
    streams: unpacked.parts.flatMap(({ stream }) => (stream === undefined ? [] : [stream])),
    runs: (entry) => runsOf(places(entry)),
    extents: (entry) => extentsOf(places(entry)),
    claimContent(map) {
      const all = new Problems(source, problems)
      claimContent(initrd, map, all)
      return all.found()
    },
    claimStructures: (map) => claimStructures(initrd, map),
  }
}

function readAll(
  unpacked: UnpackedInitrd,
  limits: Limits,
  problems: Problems,
): { readonly archives: Archives; readonly entries: Entries } {
  for (const oddity of unpacked.oddities) {
    if (oddity.code === 'LIMIT') problems.damage(oddity)
    else problems.note(oddity)
  }
  const archives = readArchives(unpacked, limits, problems)
  return { archives, entries: entriesOf(unpacked.source, archives) }
}

/** What `read` returns. If it fails, the spool is freed. */
function orClose<Result>(source: ByteSource, file: ByteSource, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (source !== file) source.close()
    throw error
  }
}

function runsOf({ offset, size }: { offset: number; size: number }): StoredRun[] {
  if (size === 0) return []
  return [{ offset, storedLength: size, length: size, skip: 0, unpackedLimit: size, codec: 'stored' }]
}

function extentsOf({ offset, size }: { offset: number; size: number }): StoredExtent[] {
  return size === 0 ? [] : [{ at: 0, offset, length: size, unpacked: size, codec: 'stored' }]
}

/** "none, zstd": how its parts are compressed, in order. */
function compressionOf(parts: readonly { readonly compression: string }[]): string {
  const names = parts.map(({ compression }) => compression)
  return names.filter((name, index) => name !== names[index - 1]).join(', ')
}

function noArchive(source: ByteSource): Error {
  const start = afterZeros(source, 0, source.size)
  const bytes = source.read(start, Math.min(6, source.size - start))
  if (headerFormat(bytes) !== undefined) return headerProblem(source, start)
  return formatError('MALFORMED', 'no cpio archive begins here', source, { structure: 'first bytes', offset: start })
}
