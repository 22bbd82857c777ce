import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { isOther, type VerifiedOwner } from '../analyses/verify.ts'
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
  const shown = failures.slice(0, MOST_NAMED)
  for (const { path, error } of shown) {
    sentences.push(path === '' ? [text(error.message)] : [name(path), ': ', text(error.message)])
  }
  if (failed > shown.length) sentences.push(['and ', ...plural(failed - shown.length, 'more file'), ' not readable'])
  return sentences
}

export function andMore(left: number): Words {
  return left > 0 ? [' and ', count(left), ' more'] : []
}

/** A SHA-256 as Nix prints it: "sha256-", then base64. */
function sriHash(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  return `sha256-${btoa(bytes.join(''))}`
}
