import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Header } from '../../../parsers/rpm/header.ts'
import { TAG } from '../../../parsers/rpm/tags.ts'
import type { HashAlgorithm } from '../../platform/running-hash.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { DeclaredContent, DeclaredFile, DeclaredFiles } from '../declared-files.ts'
import { packageKey } from '../package-key.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { readHeaders } from './database.ts'
import { ownedFiles } from './files.ts'
import { packageOf } from './package.ts'

/**
 * Numbers of the hashes that distributions take, which are those of OpenPGP (rpm, docs/manual/tags.md; RFC 9580 9.5). Without
 * one it is MD5.
 */
const ALGORITHMS: ReadonlyMap<number, HashAlgorithm> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [8, 'sha256'],
])
const MD5 = 1
/** Flags of files (rpm, include/rpm/rpmfiles.h): users may change it, it may be missing, it need not be there. */
const CONFIG = 1 << 0
const MISSING_OK = 1 << 3
const GHOST = 1 << 6
/** What to compare of a file (rpm, include/rpm/rpmfiles.h, rpmVerifyAttrs_e). */
const VERIFY_DIGEST = 1 << 0
const VERIFY_LINK = 1 << 4

/** What the headers of packages declare of their files, which `rpm -V` compares, too. They leave out configuration files. */
export function rpmFiles(root: RootFileSystem): DeclaredFiles {
  const found = readHeaders(root, new DatabaseReader(root), (header, spend) => {
    const one = packageOf(header, spend)
    const key = one === undefined ? undefined : packageKey('rpm', one)
    const declared = key === undefined ? undefined : declaredIn(header)
    return key === undefined || declared === undefined ? undefined : ([key, declared] as const)
  })
  return { files: new Map(found?.read ?? []), problems: found?.problems ?? [] }
}

/**
 * The hashes of files and the targets of links in the header of a package, whose paths were counted; undefined if the hashes
 * are none that we know.
 * @throws {FormatError} if the header is damaged
 */
function declaredIn(header: Header): readonly DeclaredFile[] | undefined {
  const flags = header.numbers(TAG.fileFlags)
  const verified = header.numbers(TAG.fileVerifyFlags)
  const digests = header.strings(TAG.fileDigests)
  const targets = header.strings(TAG.fileLinkTargets)
  const algorithm = ALGORITHMS.get(header.numbers(TAG.fileDigestAlgorithm)[0] ?? MD5)
  if (algorithm === undefined && digests.length > 0) return undefined
  return ownedFiles(header, () => {}).flatMap(({ path, index }): DeclaredFile[] => {
    const flag = flags[index] ?? 0
    const compared = verified[index] ?? VERIFY_DIGEST | VERIFY_LINK
    if ((flag & (CONFIG | GHOST)) !== 0) return []
    const content = contentOf(digests[index] ?? '', targets[index] ?? '', compared, algorithm)
    return content === undefined ? [] : [{ path, content, isOptional: (flag & MISSING_OK) !== 0 }]
  })
}

function contentOf(
  digest: ByteString,
  target: ByteString,
  compared: number,
  algorithm: HashAlgorithm | undefined,
): DeclaredContent | undefined {
  if (target !== '') return (compared & VERIFY_LINK) === 0 ? undefined : { kind: 'link', target }
  if (digest === '' || algorithm === undefined || (compared & VERIFY_DIGEST) === 0) return undefined
  return { kind: 'hash', algorithm, hash: digest }
}
