import { type ByteString, byteString } from '../../../parsers/bytes/byte-string.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../../parsers/codecs/compression.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { DeclaredContent, DeclaredFile, DeclaredFiles } from '../declared-files.ts'
import type { Spend } from '../package-file.ts'
import { packageKey } from '../package-key.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { DATABASE } from './database.ts'
import { fieldsIn } from './fields.ts'

/**
 * The hashes of files and the targets of links that the mtree of each package declares (mtree(5)), which `pacman -Qkk` compares,
 * too. It leaves out files that users may change, which the package names for a backup.
 */
export function pacmanFiles(root: RootFileSystem): DeclaredFiles {
  const reader = new DatabaseReader(root)
  const files = new Map<ByteString, readonly DeclaredFile[]>()
  for (const { entry: folder } of reader.entriesIn(DATABASE)) {
    const { name, type } = folder
    if (type !== 'directory') continue
    const path = `${DATABASE}/${name}`
    const description = fieldsIn(reader.textAt(`${path}/desc`) ?? '')
    const [one = '', version = '', architecture = ''] = ['NAME', 'VERSION', 'ARCH'].map(
      (field) => description.get(field)?.[0],
    )
    const key = packageKey('pacman', { name: one, version, architecture })
    const found = reader.entryAt(`${path}/mtree`)
    if (key === undefined || found?.entry.type !== 'file') continue
    const text = reader.partOf(found, `${path}/mtree`, unpacked)
    if (text === undefined) continue
    const backup = fieldsIn(reader.textAt(`${path}/files`) ?? '').get('BACKUP') ?? []
    const changing = new Set(backup.map((line) => line.split('\t')[0]!))
    files.set(
      key,
      [...filesIn(text)].filter((file) => !changing.has(file.path)),
    )
  }
  return { files, problems: reader.problems }
}

function unpacked(source: ByteSource, spend: Spend): ByteString {
  if (detectCompression(source) === undefined) {
    spend(source.size)
    return byteString(source.read(0, source.size))
  }
  let text = ''
  for (const piece of decompressStream(source)) {
    spend(piece.length)
    text += byteString(piece)
  }
  return text
}

/** Keywords of all entries that follow. */
const SET = '/set '

/** The entries of an mtree, without directories, and without the files of pacman itself, whose names begin with a dot. */
export function* filesIn(text: ByteString): Generator<DeclaredFile> {
  let common = new Map<ByteString, ByteString>()
  for (const line of text.split('\n')) {
    if (line.startsWith(SET)) common = new Map([...common, ...keywordsIn(line)])
    if (!line.startsWith('./')) continue
    const path = decoded(line.split(' ', 1)[0]!.slice(2))
    const content = contentOf(new Map([...common, ...keywordsIn(line)]))
    if (content !== undefined && !path.startsWith('.')) yield { path, content }
  }
}

function keywordsIn(line: ByteString): readonly (readonly [ByteString, ByteString])[] {
  return line
    .split(' ')
    .slice(1)
    .flatMap((word): [ByteString, ByteString][] => {
      const equals = word.indexOf('=')
      return equals < 0 ? [] : [[word.slice(0, equals), word.slice(equals + 1)]]
    })
}

function contentOf(keywords: ReadonlyMap<ByteString, ByteString>): DeclaredContent | undefined {
  const type = keywords.get('type')
  const target = keywords.get('link')
  if (type === 'link') return target === undefined ? undefined : { kind: 'link', target: decoded(target) }
  const sha256 = keywords.get('sha256digest')
  const md5 = keywords.get('md5digest')
  if (type !== 'file') return undefined
  if (sha256 !== undefined) return { kind: 'hash', algorithm: 'sha256', hash: sha256 }
  return md5 === undefined ? undefined : { kind: 'hash', algorithm: 'md5', hash: md5 }
}

/** Names have bytes such as spaces as "\040" (mtree(5); strsvis(3)). */
function decoded(name: ByteString): ByteString {
  return name.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
