import { type ByteString, bytesOf, readable } from '../../../parsers/bytes/byte-string.ts'
import { formatError } from '../../../parsers/bytes/source.ts'
import type { Entry } from '../../../parsers/image.ts'
import type { ArchivePart, OwnedEntry, Owner } from '../owner.ts'
import { inNarOrder } from './nar-order.ts'

/** Strings end at a multiple of this. */
const ALIGNMENT = 8
/** The permission that makes a file executable in a NAR (Nix: dump in src/libutil/archive.cc). */
const OWNER_MAY_EXECUTE = 0o100

const WORDS = {
  start: strings('(', 'type'),
  regular: strings('regular'),
  executable: strings('executable', ''),
  symlink: strings('symlink', 'target'),
  directory: strings('directory'),
  entry: strings('entry', '(', 'name'),
  end: strings(')'),
}
const NODE = strings('node')
const CONTENTS = strings('contents')
const MAGIC = strings('nix-archive-1')

/**
 * The Nix archive (NAR) of a store path, which Nix registers the SHA-256 of: what to write before each content, and at
 * the end. Of the metadata it has the type, the name, the target and whether the owner may execute a file.
 * @throws {FormatError} UNSUPPORTED for an entry that is neither a file, a directory nor a symlink
 */
export function* narParts(owner: Owner): Generator<ArchivePart> {
  let before = MAGIC
  /** The paths of the directories that the current entry lies in, each with a slash at its end; '' for the top. */
  const open: ByteString[] = []
  for (const owned of inNarOrder(owner)) {
    const { entry, path } = owned
    while (open.length > 0 && !isIn(open.at(-1)!, owned)) {
      open.pop()
      // The end of the directory, and that of its entry in the one above.
      before += open.length === 0 ? WORDS.end : WORDS.end + WORDS.end
    }
    if (path !== '') before += WORDS.entry + strings(entry.name) + NODE
    before += WORDS.start + headOf(owner, entry)
    if (entry.type === 'directory') {
      open.push(path === '' ? '' : `${path}/`)
      continue
    }
    if (entry.type === 'file') {
      yield { before: bytesOf(before), entry, path }
      before = padding(entry.size)
    }
    before += path === '' ? WORDS.end : WORDS.end + WORDS.end
  }
  while (open.length > 0) {
    open.pop()
    before += open.length === 0 ? WORDS.end : WORDS.end + WORDS.end
  }
  yield { before: bytesOf(before), entry: undefined, path: '' }
}

/** What comes before the content of an entry, or before its entries. */
function headOf({ open }: Owner, { type, mode, size, target, name }: Entry): ByteString {
  switch (type) {
    case 'directory':
      return WORDS.directory
    case 'symlink':
      return WORDS.symlink + strings(target ?? '')
    case 'file':
      return WORDS.regular + ((mode & OWNER_MAY_EXECUTE) === 0 ? '' : WORDS.executable) + CONTENTS + number(size)
    default:
      throw formatError(
        'UNSUPPORTED',
        'a store path can only have files, directories and symlinks',
        open.image.source,
        {
          structure: `${type} ${readable(name)}`,
          offset: 0,
        },
      )
  }
}

/** Whether an entry lies in a directory, by the path of the directory with a slash at its end. */
function isIn(directory: ByteString, { path }: OwnedEntry): boolean {
  return directory === '' || path.startsWith(directory)
}

/** Strings as a NAR has them: the length, the bytes, and zeros up to a multiple of 8. */
function strings(...texts: readonly ByteString[]): ByteString {
  return texts.map((text) => number(text.length) + text + padding(text.length)).join('')
}

/** A number in 8 bytes, little-endian. */
function number(value: number): ByteString {
  let bytes = ''
  for (let left = value; bytes.length < 8; left = Math.floor(left / 256)) bytes += String.fromCharCode(left % 256)
  return bytes
}

function padding(length: number): ByteString {
  return '\0'.repeat((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT)
}
