import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Verification, VerifiedOwner, VerifiedPackage } from '../analyses/verify.ts'
import type { FoundChecksum } from '../inventory/integrity.ts'
import { nounOf } from '../owners/names.ts'
import { bytes, count, joined, type NameCell, plural, type Sign, type Words } from './cell.ts'
import { mentionWords } from './mentions.ts'
import type { Verdict } from './section.ts'
import { andMore } from './verify-problems.ts'

type NameOf = (key: ByteString) => NameCell

/** How many of how many passed or failed, and what there is to say of them. */
export interface Total {
  readonly sign: Sign
  readonly what: Words
  readonly remarks: readonly Words[]
}

/** A line for store paths, references, files and checksums, each if there are any. */
export function totalsOf(verification: Verification): readonly Total[] {
  const { owners, packages, references, files, checksums } = verification
  const { registered, found } = references
  return [
    ...(owners.length === 0 ? [] : [ownersTotal(verification)]),
    ...(packages.length === 0 ? [] : [packagesTotal(packages)]),
    ...(registered === 0
      ? []
      : [total(registered - found, registered, 'references', ['not found in the content'], ['found in the content'])]),
    total(
      files.failed,
      files.count,
      filesNoun(verification),
      ['not readable'],
      ['readable, ', bytes(files.bytes)],
      'error',
    ),
    ...(checksums.length === 0 ? [] : [checksumsTotal(checksums)]),
  ]
}

function checksumsTotal(checksums: readonly FoundChecksum[]): Total {
  const wrong = checksums.filter(({ problem }) => problem !== undefined)
  const isDamaged = wrong.some(({ problem }) => problem!.code === 'CHECKSUM')
  const named = (some: readonly FoundChecksum[]): Words => [
    [...new Set(some.map(({ structure }) => structure.replace(/^backup /, '')))].join(', '),
  ]
  return total(
    wrong.length,
    checksums.length,
    'checksums',
    named(wrong),
    named(checksums),
    isDamaged ? 'fail' : 'error',
  )
}

function ownersTotal(verification: Verification): Total {
  const { owners, kind } = verification
  const { failed, unknown } = countOwners(owners)
  const some = failed > 0 ? failed : unknown > 0 ? unknown : owners.length
  return {
    sign: owners.some(({ differs }) => differs) ? 'fail' : failed + unknown > 0 ? 'error' : 'pass',
    what: [...ofAll(some, owners.length), ` ${nounOf(kind)[1]}`],
    remarks: [ownersRemark(verification)],
  }
}

function packagesTotal(packages: readonly VerifiedPackage[]): Total {
  const { failed, unknown } = countOwners(packages)
  const declared = packages.reduce((sum, one) => sum + one.declared, 0)
  const flaws = packages.reduce((sum, one) => sum + one.flaws.length, 0)
  const unread = packages.reduce((sum, one) => sum + one.failed, 0)
  const wrong: Words[] = [
    ...(flaws === 0 ? [] : [[...plural(flaws, 'file'), ' not as in the package database']]),
    ...(unread === 0 ? [] : [[...plural(unread, 'file'), ' not readable']]),
  ]
  const without: Words[] = unknown === 0 ? [] : [[count(unknown), ' without checksums']]
  const some = failed > 0 ? failed : unknown > 0 ? unknown : packages.length
  return {
    sign: flaws > 0 ? 'fail' : failed + unknown > 0 ? 'error' : 'pass',
    what: [...ofAll(some, packages.length), ' packages'],
    remarks: [
      failed + unknown === 0
        ? [...plural(declared, 'file'), ' as in the package database']
        : joined([...wrong, ...without], ', '),
    ],
  }
}

/** After FAIL comes how many failed, after PASS how many passed. */
function total(
  failed: number,
  all: number,
  what: string,
  ifFailed: Words,
  ifPassed: Words,
  sign: Sign = 'fail',
): Total {
  const isFailure = failed > 0
  return {
    sign: isFailure ? sign : 'pass',
    what: [...ofAll(isFailure ? failed : all, all), ` ${what}`],
    remarks: [isFailure ? ifFailed : ifPassed],
  }
}

function ownersRemark({ owners, references, isRegistered }: Verification): Words {
  if (!isRegistered) return ['nothing to compare them with']
  const { failed, unknown } = countOwners(owners)
  if (failed === 0 && unknown > 0) return ['without a registered hash']
  if (failed === 0) {
    return [references.unregistered > 0 ? 'NAR hashes as registered' : 'NAR hashes and references as registered']
  }
  const differing = owners.filter(({ differs }) => differs).length
  const how = [...(differing > 0 ? ['not as registered'] : []), ...(differing < failed ? ['not readable'] : [])]
  return [how.join(', or '), ...(unknown > 0 ? [', ', count(unknown), ' without a registered hash'] : [])]
}

/** How many mentions that are not registered we list, unless all are wanted. */
const MOST_MENTIONS = 20
const NOT_COVERED =
  'A build may mention what it was not given. No hash covers references, so one removed from the registration may look the same.'

/** Mentions that are not registered, each with its place, and what they say. They are no fault. */
export function mentionsNote(
  { owners, references: { unregistered } }: Verification,
  nameOf: NameOf,
  verbose: boolean,
): readonly Total[] {
  if (unregistered === 0) return []
  const lines = owners.flatMap(({ key, unregistered: some }) =>
    some.map(({ key: to, place }): Words => {
      const where: Words = place === undefined ? [] : [': ', ...mentionWords(place)]
      return [nameOf(key), ' -> ', nameOf(to), ...where]
    }),
  )
  const shown = verbose ? lines : lines.slice(0, MOST_MENTIONS)
  const left = lines.length - shown.length
  const more: Words[] = left === 0 ? [] : [['and ', count(left), ' more (-v lists all)']]
  return [{ sign: 'note', what: mentionsWords(unregistered), remarks: [...shown, ...more, [NOT_COVERED]] }]
}

/** "1 mention is not registered", "3 mentions are not registered". */
function mentionsWords(mentions: number): Words {
  return [...plural(mentions, 'mention'), ` ${mentions === 1 ? 'is' : 'are'} not registered`]
}

const VERDICTS = { pass: 'PASS', fail: 'FAIL', unknown: 'NOT VERIFIED' } as const
const SIGNS = { pass: 'pass', fail: 'fail', unknown: 'error' } as const

/**
 * The verdict: after FAIL and NOT VERIFIED first what is wrong, then what passed. Mentions that are not registered come
 * last, because they are no fault.
 */
export function verdictOf(verification: Verification, nameOf: NameOf): Verdict {
  const { verdict, references } = verification
  const isPass = verdict === 'pass'
  const wrong = wrongParts(verification)
  const passed = passedParts(verification)
  const mentions = references.unregistered > 0 ? [firstMention(verification, nameOf)] : []
  const hashes = isPass && mentions.length > 0 ? ': NAR hashes as registered' : ''
  const sentences: Words[] = [
    ...(wrong.length > 0 ? [joined(wrong, ', ')] : []),
    ...(passed.length > 0 ? [[...joined(passed, ', '), isPass ? hashes : ' passed']] : []),
    ...mentions,
  ]
  return {
    kind: 'verdict',
    status: { kind: 'status', sign: SIGNS[verdict], status: verdict },
    word: VERDICTS[verdict],
    says: [{ sign: SIGNS[verdict], text: VERDICTS[verdict] }],
    sentence: joined(sentences, '; '),
  }
}

function passedParts(verification: Verification): readonly Words[] {
  const { verdict, owners, packages, files, checksums, kind } = verification
  const isPass = verdict === 'pass'
  const all = (number: number, noun: string): Words => [...ofAll(number, number), ` ${noun}`]
  return [
    ...(owners.length > 0 && owners.every(({ status }) => status === 'pass')
      ? [all(owners.length, nounOf(kind)[1])]
      : []),
    ...(packages.length > 0 && packages.every(({ status }) => status === 'pass')
      ? [all(packages.length, 'packages')]
      : []),
    ...(!isPass && files.count > 0 && files.failed === 0 ? [all(files.count, filesNoun(verification))] : []),
    ...(!isPass && checksums.length > 0 && checksums.every(({ problem }) => problem === undefined)
      ? [all(checksums.length, 'checksums')]
      : []),
  ]
}

function wrongParts(verification: Verification): readonly Words[] {
  const { verdict, owners, packages, files, checksums, isRegistered, kind, complete } = verification
  const noun = nounOf(kind)[1]
  const { failed, unknown } = countOwners(owners)
  const wrong = checksums.filter(({ problem }) => problem !== undefined).length
  const isUnknownOnly = verdict === 'unknown' && failed === 0
  const ofPackages = countOwners(packages)
  const part = (some: number, all: number, what: string): Words[] =>
    some === 0 ? [] : [[...ofAll(some, all), ` ${what}`]]
  return [
    ...part(failed, owners.length, noun),
    ...(isUnknownOnly ? part(unknown, owners.length, noun) : []),
    ...part(ofPackages.failed, packages.length, 'packages'),
    ...(ofPackages.unknown > 0 ? [[...plural(ofPackages.unknown, 'package'), ' without checksums']] : []),
    ...part(files.failed, files.count, filesNoun(verification)),
    ...part(wrong, checksums.length, 'checksums'),
    ...(unknown > 0 && !isUnknownOnly && isRegistered ? [[count(unknown), ' without a registered hash']] : []),
    ...(isRegistered || (owners.length === 0 && packages.length > 0) ? [] : [['no registration']]),
    ...(complete ? [] : [['not read in full']]),
  ]
}

/** "1 mention is not registered: a -> b". */
function firstMention({ owners, references: { unregistered } }: Verification, nameOf: NameOf): Words {
  const { key, unregistered: some } = owners.find((owner) => owner.unregistered.length > 0)!
  return [...mentionsWords(unregistered), ': ', nameOf(key), ' -> ', nameOf(some[0]!.key), ...andMore(unregistered - 1)]
}

/** How many owners failed, and of how many nothing is known to compare them with. */
function countOwners(owners: readonly Pick<VerifiedOwner, 'status'>[]): {
  readonly failed: number
  readonly unknown: number
} {
  const counted = (wanted: VerifiedOwner['status']): number => owners.filter(({ status }) => status === wanted).length
  return { failed: counted('fail'), unknown: counted('unknown') }
}

/** What files that belong to no owner are called. */
function filesNoun({ owners, packages }: Verification): string {
  return owners.length + packages.length > 0 ? 'other files' : 'files'
}

function ofAll(some: number, all: number): Words {
  return [count(some), ' of ', count(all)]
}
