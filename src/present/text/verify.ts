import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Verification } from '../../analyses/verify.ts'
import type { FoundChecksum } from '../../inventory/integrity.ts'
import { nounOf } from '../../owners/names.ts'
import { formatBytes, formatCount, type Unit } from '../units.ts'
import { ownerProblems, unregisteredMentions } from '../verify-words.ts'
import { mentionText } from './mention-place.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { dim, green, inAscii, red, type TextStyle } from './style.ts'
import { countOwners, filesNoun, ofAll, verdictLines } from './verify-verdict.ts'
import { wrapWords } from './wrap.ts'

export interface VerifyTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** The name of an owner to show. */
  readonly nameOf: (key: ByteString) => string
  /** Whether to list what passes, too. */
  readonly verbose: boolean
}

const WORDS = { pass: 'PASS', fail: 'FAIL', unknown: 'ERROR' } as const
type Status = keyof typeof WORDS
const INDENT = ' '.repeat(9)
/** How many mentions that are not registered we list, unless all are wanted. */
const MOST_MENTIONS = 20
const NOT_COVERED =
  'A build may mention what it was not given. No hash covers references, so one removed from the registration may look the same.'

/** The result of a verification, as pieces of text. Unless it is verbose, it lists failures and totals. */
export function* verifyText(verification: Verification, options: VerifyTextOptions): Generator<string> {
  const { style } = options
  for (const line of linesOf(verification, options)) yield style.unicode ? `${line}\n` : `${inAscii(line)}\n`
}

function* linesOf(verification: Verification, options: VerifyTextOptions): Generator<string> {
  const { style, verbose, nameOf } = options
  const { owners, files, checksums, isRegistered } = verification
  for (const owner of owners) {
    // Without a registration, all are unknown.
    const isListed = verbose || owner.status === 'fail' || (owner.status === 'unknown' && isRegistered)
    if (isListed) yield* item(owner.status, nameOf(owner.key), ownerProblems(owner, nameOf), style)
  }
  for (const { path, error } of files.failures) yield* item('fail', printable(path), [error.message], style)
  for (const checksum of checksums) {
    const { problem } = checksum
    if (verbose || problem !== undefined) {
      yield* item(statusOf(checksum), checksumName(checksum), problem === undefined ? [] : [problem.message], style)
    }
  }
  yield* totals(verification, options)
}

function* item(status: Status, name: string, details: readonly string[], style: TextStyle): Generator<string> {
  yield `  ${tinted(status, style)}  ${shortenMiddle(name, style.width - INDENT.length)}`
  for (const detail of details) {
    for (const line of wrapWords(printableText(detail), style.width - INDENT.length)) yield INDENT + line
  }
}

function statusOf({ problem }: FoundChecksum): Status {
  return problem === undefined ? 'pass' : 'fail'
}

/** "GPT header, CRC-32", "boot/initrd: zstd stream, XXH64". */
function checksumName({ path, structure, algorithm }: FoundChecksum): string {
  const where = path === '' ? '' : `${printable(path).replace(/^\//, '')}: `
  return `${where}${structure}, ${algorithm ?? 'without a checksum'}`
}

function tinted(status: Status, style: TextStyle): string {
  return (status === 'pass' ? green : red)(WORDS[status].padEnd(5), style)
}

/** A line of the totals: how many of how many, and a remark if there is room. */
interface Total {
  readonly status: Status
  readonly text: string
  readonly remark: string
}

function* totals(verification: Verification, options: VerifyTextOptions): Generator<string> {
  const { style, nameOf } = options
  const lines = [...totalsOf(verification, options)]
  const width = Math.max(...lines.map(({ text }) => text.length))
  for (const { status, text, remark } of lines) {
    const room = style.width - INDENT.length - width - 2
    const beside = remark !== '' && remark.length <= room
    yield `  ${tinted(status, style)}  ${beside ? `${text.padEnd(width)}  ${dim(remark, style)}` : text}`
    if (remark === '' || beside) continue
    for (const line of wrapWords(remark, style.width - INDENT.length)) yield INDENT + dim(line, style)
  }
  for (const note of notesOf(verification, options)) {
    for (const line of wrapWords(note, style.width - INDENT.length)) yield INDENT + line
  }
  yield* verdictLines(verification, nameOf, style)
}

function* totalsOf(verification: Verification, { unit }: VerifyTextOptions): Generator<Total> {
  const { owners, references, files, checksums, kind } = verification
  if (owners.length > 0) {
    const { failed, unknown } = countOwners(owners)
    const status = failed > 0 ? 'fail' : unknown > 0 ? 'unknown' : 'pass'
    const count = failed > 0 ? failed : unknown > 0 ? unknown : owners.length
    yield { status, text: `${ofAll(count, owners.length)} ${nounOf(kind)[1]}`, remark: ownersRemark(verification) }
  }
  const { registered, found } = references
  if (registered > 0)
    yield total(registered - found, registered, 'references', 'not found in the content', 'found in the content')
  yield total(
    files.failed,
    files.count,
    filesNoun(owners),
    'not readable',
    `readable, ${formatBytes(files.bytes, unit)}`,
  )
  if (checksums.length > 0) {
    const wrong = checksums.filter(({ problem }) => problem !== undefined)
    const named = (some: readonly FoundChecksum[]): string =>
      [...new Set(some.map(({ structure }) => structure.replace(/^backup /, '')))].join(', ')
    yield total(wrong.length, checksums.length, 'checksums', named(wrong), named(checksums))
  }
}

/** After FAIL comes how many failed, after PASS how many passed. */
function total(failed: number, all: number, what: string, failRemark: string, passRemark: string): Total {
  const isFailure = failed > 0
  const text = `${ofAll(isFailure ? failed : all, all)} ${what}`
  return { status: isFailure ? 'fail' : 'pass', text, remark: isFailure ? failRemark : passRemark }
}

function ownersRemark({ owners, references, isRegistered }: Verification): string {
  if (!isRegistered) return 'nothing to compare them with'
  const { failed, unknown } = countOwners(owners)
  const unhashed = failed > 0 ? `, ${formatCount(unknown)} without a registered hash` : 'without a registered hash'
  if (failed === 0 && unknown > 0) return unhashed
  if (failed === 0)
    return references.unregistered > 0 ? 'NAR hashes as registered' : 'NAR hashes and references as registered'
  const differing = owners.filter(({ differs }) => differs).length
  const words = [...(differing > 0 ? ['not as registered'] : []), ...(differing < failed ? ['not readable'] : [])]
  return words.join(', or ') + (unknown > 0 ? unhashed : '')
}

/** Mentions that are not registered, each with its place, and what they say. */
function* notesOf(
  { owners, references: { unregistered } }: Verification,
  options: VerifyTextOptions,
): Generator<string> {
  if (unregistered === 0) return
  const { nameOf, verbose } = options
  yield `${unregisteredMentions(unregistered)}:`
  const lines = owners.flatMap(({ key, unregistered: some }) =>
    some.map(({ key: to, place }) => {
      const where = place === undefined ? '' : `: ${mentionText(place)}`
      return `${nameOf(key)} -> ${nameOf(to)}${where}`
    }),
  )
  const shown = verbose ? lines : lines.slice(0, MOST_MENTIONS)
  yield* shown
  if (shown.length < lines.length) yield `and ${formatCount(lines.length - shown.length)} more (-v lists all)`
  yield NOT_COVERED
}
