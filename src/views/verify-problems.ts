import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { isOther, type VerifiedOwner, type VerifiedPackage } from '../analyses/verify.ts'
import type { FileFlaw } from '../inventory/package-integrity.ts'
import { count, joined, type NameCell, name, plural, text, type Words } from './cell.ts'

/** How many references or files of one owner we name. */
const MOST_NAMED = 5

/** What is wrong with an owner, each in a sentence; none if it is as registered. */
export function ownerProblems(owner: VerifiedOwner, nameOf: (key: ByteString) => NameCell): readonly Words[] {
  const { isAbsent, hash, registeredHash, size, registeredSize, missing, omitted, failures, failed, status } = owner
  if (isAbsent) return [['it is registered, and not in the image']]
  const sentences: Words[] = []
  if (status === 'unknown') sentences.push(['no hash is registered for it'])
  if (isOther(hash, registeredHash)) {
    sentences.push([`NAR hash ${sriHash(hash!)} and not ${sriHash(registeredHash!)} as registered`])
  }
  if (isOther(size, registeredSize)) {
    sentences.push(['NAR size ', ...plural(size!, 'byte'), ' and not ', count(registeredSize!), ' as registered'])
  }
  const listed = (keys: readonly ByteString[]): Words => {
    const named = keys.slice(0, MOST_NAMED).map((key): Words => [nameOf(key)])
    return [...joined(named, ', '), ...andMore(keys.length - named.length)]
  }
  if (missing.length > 0) sentences.push(['registered reference not found: ', ...listed(missing)])
  if (omitted.length > 0) {
    sentences.push(['mentioned and not registered, though its references lead there: ', ...listed(omitted)])
  }
  return [...sentences, ...unreadable(failures, failed)]
}

function unreadable(failures: VerifiedOwner['failures'], failed: number): readonly Words[] {
  const shown = failures.slice(0, MOST_NAMED)
  // One damaged block may hold parts of many files.
  const paths = new Map<string, ByteString[]>()
  for (const { path, error } of shown) {
    paths.set(error.message, [...(paths.get(error.message) ?? []), ...(path === '' ? [] : [path])])
  }
  const sentences = [...paths].map(([message, some]): Words => {
    const named = some.map((path): Words => [name(path)])
    return named.length === 0 ? [text(message)] : [...joined(named, ', '), ': ', text(message)]
  })
  if (failed > shown.length) sentences.push(['and ', ...plural(failed - shown.length, 'more file'), ' not readable'])
  return sentences
}

/** The same of a package. */
export function packageProblems({ status, flaws, failures, failed }: VerifiedPackage, all: boolean): readonly Words[] {
  const shown = all ? flaws : flaws.slice(0, MOST_NAMED)
  const more = flaws.length - shown.length
  return [
    ...(status === 'unknown' ? [['the package database has no checksums of its files']] : []),
    ...shown.map(flawWords),
    ...(more === 0 ? [] : [['and ', ...plural(more, 'more file'), ' not as in the package database (-v lists all)']]),
    ...unreadable(failures, failed),
  ]
}

const NAMES = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256' }
/** How many digits of a hash tell people that it is another one. */
const DIGITS = 16

/** "usr/bin/vim: MD5 0123456789abcdef… and not fedcba9876543210… as in the package database". */
function flawWords({ path, differs, algorithm, hash = '', declaredHash = '' }: FileFlaw): Words {
  const file = name(path.replace(/^\/?/, '/'))
  const brief = (digits: string): string => (digits.length > DIGITS ? `${digits.slice(0, DIGITS)}…` : digits)
  switch (differs) {
    case 'content':
      return [file, `: ${NAMES[algorithm!]} ${brief(hash)} and not ${brief(declaredHash)} as in the package database`]
    case 'target':
      return [file, ': leads elsewhere than in the package database']
    case 'missing':
      return [file, ': missing']
    case 'type':
      return [file, ': of another type than in the package database']
  }
}

export function andMore(left: number): Words {
  return left > 0 ? [' and ', count(left), ' more'] : []
}

/** A SHA-256 as Nix prints it: "sha256-", then base64. */
function sriHash(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  return `sha256-${btoa(bytes.join(''))}`
}
