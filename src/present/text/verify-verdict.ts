import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Verification, VerifiedOwner } from '../../analyses/verify.ts'
import { nounOf } from '../../owners/names.ts'
import { formatCount } from '../units.ts'
import { andMore, unregisteredMentions } from '../verify-words.ts'
import { bold, green, red, type TextStyle } from './style.ts'
import { wrapWords } from './wrap.ts'

const WORDS = { pass: 'PASS', fail: 'FAIL', unknown: 'NOT VERIFIED' } as const
const INDENT = ' '.repeat(6)

/**
 * The verdict: after FAIL and NOT VERIFIED first what is wrong, then what passed. Mentions that are not registered come
 * last, because they are no fault.
 */
export function* verdictLines(
  verification: Verification,
  nameOf: (key: ByteString) => string,
  style: TextStyle,
): Generator<string> {
  const { verdict, owners, files, checksums, references } = verification
  const wrong = wrongParts(verification)
  const noun = nounOf(verification.kind)[1]
  const isPass = verdict === 'pass'
  const passed = [
    ...(owners.length > 0 && owners.every(({ status }) => status === 'pass')
      ? [`${ofAll(owners.length, owners.length)} ${noun}`]
      : []),
    ...(!isPass && files.count > 0 && files.failed === 0
      ? [`${ofAll(files.count, files.count)} ${filesNoun(owners)}`]
      : []),
    ...(!isPass && checksums.length > 0 && checksums.every(({ problem }) => problem === undefined)
      ? [`${ofAll(checksums.length, checksums.length)} checksums`]
      : []),
  ]
  const mentions = references.unregistered > 0 ? [mentionsPart(verification, nameOf)] : []
  const hashes = isPass && mentions.length > 0 ? ': NAR hashes as registered' : ''
  const sentences = [
    ...(wrong.length > 0 ? [wrong.join(', ')] : []),
    ...(passed.length > 0 ? [`${passed.join(', ')}${isPass ? hashes : ' passed'}`] : []),
    ...mentions,
  ]
  const word = (isPass ? green : red)(WORDS[verdict], style)
  // The first line begins with the word, and the others with the indent.
  const head = `${WORDS[verdict]}  `
  const lines = wrapWords(sentences.join('; '), style.width - Math.max(head.length, INDENT.length))
  for (const [at, line] of lines.entries()) yield at === 0 ? `${bold(word, style)}  ${line}` : INDENT + line
}

function wrongParts({ verdict, owners, files, checksums, isRegistered, kind, complete }: Verification): string[] {
  const noun = nounOf(kind)[1]
  const { failed, unknown } = countOwners(owners)
  const wrong = checksums.filter(({ problem }) => problem !== undefined).length
  const isUnknownOnly = verdict === 'unknown' && failed === 0
  return [
    ...(failed > 0 ? [`${ofAll(failed, owners.length)} ${noun}`] : []),
    ...(unknown > 0 && isUnknownOnly ? [`${ofAll(unknown, owners.length)} ${noun}`] : []),
    ...(files.failed > 0 ? [`${ofAll(files.failed, files.count)} ${filesNoun(owners)}`] : []),
    ...(wrong > 0 ? [`${ofAll(wrong, checksums.length)} checksums`] : []),
    ...(unknown > 0 && !isUnknownOnly && isRegistered ? [`${formatCount(unknown)} without a registered hash`] : []),
    ...(isRegistered ? [] : ['no registration']),
    ...(complete ? [] : ['not read in full']),
  ]
}

/** "1 mention is not registered: a -> b". */
function mentionsPart(
  { owners, references: { unregistered } }: Verification,
  nameOf: (key: ByteString) => string,
): string {
  const { key, unregistered: some } = owners.find((owner) => owner.unregistered.length > 0)!
  const first = `${nameOf(key)} -> ${nameOf(some[0]!.key)}`
  return `${unregisteredMentions(unregistered)}: ${first}${andMore(unregistered - 1)}`
}

/** How many owners failed, and of how many nothing is known to compare them with. */
export function countOwners(owners: readonly VerifiedOwner[]): { readonly failed: number; readonly unknown: number } {
  const count = (wanted: VerifiedOwner['status']): number => owners.filter(({ status }) => status === wanted).length
  return { failed: count('fail'), unknown: count('unknown') }
}

/** What files that belong to no owner are called. */
export function filesNoun(owners: readonly VerifiedOwner[]): string {
  return owners.length > 0 ? 'other files' : 'files'
}

export function ofAll(some: number, all: number): string {
  return `${formatCount(some)} of ${formatCount(all)}`
}
