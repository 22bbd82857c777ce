import { isOther, type VerifiedOwner } from '../analyses/verify.ts'
import { printable } from './text/printable.ts'
import { formatCount, plural } from './units.ts'

/** How many references or files of one owner we name. */
const MOST_NAMED = 5

/** What is wrong with an owner, each in a sentence; none if it is as registered. */
export function ownerProblems(owner: VerifiedOwner, nameOf: (key: string) => string): readonly string[] {
  const { isAbsent, hash, registeredHash, size, registeredSize, missing, omitted, failures, failed, status } = owner
  if (isAbsent) return ['it is registered, and not in the image']
  const sentences: string[] = []
  if (status === 'unknown') sentences.push('no hash is registered for it')
  if (isOther(hash, registeredHash)) {
    sentences.push(`NAR hash ${sriHash(hash!)} and not ${sriHash(registeredHash!)} as registered`)
  }
  if (isOther(size, registeredSize)) {
    sentences.push(`NAR size ${plural(size!, 'byte')} and not ${formatCount(registeredSize!)} as registered`)
  }
  const lost = missing.slice(0, MOST_NAMED).map(nameOf)
  if (lost.length > 0) {
    sentences.push(`registered reference not found: ${lost.join(', ')}${andMore(missing.length - lost.length)}`)
  }
  const left = omitted.slice(0, MOST_NAMED).map(nameOf)
  if (left.length > 0) {
    const more = andMore(omitted.length - left.length)
    sentences.push(`mentioned and not registered, though its references lead there: ${left.join(', ')}${more}`)
  }
  const shown = failures.slice(0, MOST_NAMED)
  for (const { path, error } of shown)
    sentences.push(path === '' ? error.message : `${printable(path)}: ${error.message}`)
  if (failed > shown.length) sentences.push(`and ${plural(failed - shown.length, 'more file')} not readable`)
  return sentences
}

/** "1 mention is not registered", "3 mentions are not registered". */
export function unregisteredMentions(count: number): string {
  return `${plural(count, 'mention')} ${count === 1 ? 'is' : 'are'} not registered`
}

export function andMore(count: number): string {
  return count > 0 ? ` and ${formatCount(count)} more` : ''
}

/** A SHA-256 as Nix prints it: "sha256-", then base64. */
export function sriHash(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  return `sha256-${btoa(bytes.join(''))}`
}
