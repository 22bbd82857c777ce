import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { DeclaredFile, DeclaredFiles } from '../declared-files.ts'
import type { PackageDatabase } from '../package-database.ts'
import { packageKey } from '../package-key.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { DATABASE, STATUS_FOLDER } from './database.ts'
import { type Diversions, readDiversions } from './diversions.ts'

/** What a line of a list of sums is: 32 digits, two spaces, a path without the first slash (deb-md5sums(5)). */
const SUM = /^([0-9a-f]{32}) {2}(.+)$/

/**
 * The MD5 sums of the files of packages (deb-md5sums(5)), which `dpkg --verify` compares, too. They leave out configuration
 * files, and a package that is removed has no others. Another package may have taken over a file (Replaces): then the list of
 * files lacks it, and its sum counts no more.
 */
export function dpkgFiles(root: RootFileSystem, { packages }: PackageDatabase): DeclaredFiles {
  const reader = new DatabaseReader(root)
  const diversions = readDiversions(reader.textAt(`${DATABASE}/diversions`))
  const files = new Map<ByteString, readonly DeclaredFile[]>()
  for (const one of packages) {
    const key = packageKey('dpkg', one)
    if (key === undefined) continue
    const { name, architecture, selection } = one
    const lists = [`${DATABASE}/info/${name}:${architecture}`, `${DATABASE}/info/${name}`, `${STATUS_FOLDER}/${name}`]
    const text = lists.map((path) => reader.textAt(`${path}.md5sums`)).find((sums) => sums !== undefined)
    // A sum may spell the path as before a merge of /usr, so the entry decides, and the path where there is none.
    const isOwn = new Set<ByteString | number>(one.files.flatMap((path) => [path, reader.numberAt(path) ?? path]))
    if (text !== undefined) {
      files.set(
        key,
        filesIn(text, name, diversions).filter(({ path }) => isOwn.has(reader.numberAt(path) ?? path)),
      )
    }
    if (text === undefined && selection === 'leftover') files.set(key, [])
  }
  return { files, problems: reader.problems }
}

function filesIn(sums: ByteString, packageName: ByteString, diversions: Diversions): readonly DeclaredFile[] {
  return sums.split('\n').flatMap((line): DeclaredFile[] => {
    const [, hash, path] = SUM.exec(line) ?? []
    if (hash === undefined || path === undefined) return []
    return [{ path: diversions(`/${path}`, packageName), content: { kind: 'hash', algorithm: 'md5', hash } }]
  })
}
