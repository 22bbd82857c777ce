import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Verification, VerifiedOwner } from '../../analyses/verify.ts'
import type { FoundChecksum } from '../../inventory/integrity.ts'
import { nounOf } from '../../owners/names.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { ownerProblems } from '../verify-words.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { bold, dim, green, inAscii, red, type TextStyle } from './style.ts'
import { wrapPhrases, wrapWords } from './wrap.ts'

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
/** The longest verdict, and two spaces. */
const VERDICT_INDENT = 'NOT VERIFIED  '.length

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
    if (isListed) yield* item(owner.status, nameOf(owner.key), ownerDetails(owner, options), style)
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

function ownerDetails(owner: VerifiedOwner, { nameOf, verbose }: VerifyTextOptions): readonly string[] {
  const problems = ownerProblems(owner, nameOf)
  if (!verbose || owner.unregistered.length === 0) return problems
  return [...problems, `found, and not registered: ${owner.unregistered.map(nameOf).join(', ')}`]
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
  const { style } = options
  const lines = [...totalsOf(verification, options)]
  const width = Math.max(...lines.map(({ text }) => text.length))
  for (const { status, text, remark } of lines) {
    const room = style.width - INDENT.length - width - 2
    const beside = remark !== '' && remark.length <= room
    yield `  ${tinted(status, style)}  ${beside ? `${text.padEnd(width)}  ${dim(remark, style)}` : text}`
    if (remark === '' || beside) continue
    for (const line of wrapWords(remark, style.width - INDENT.length)) yield INDENT + dim(line, style)
  }
  for (const note of notesOf(verification, options.verbose)) {
    for (const line of wrapWords(note, style.width - INDENT.length)) yield INDENT + line
  }
  yield verdictLine(verification, style)
}

function* totalsOf(verification: Verification, { unit }: VerifyTextOptions): Generator<Total> {
  const { owners, references, files, checksums, isRegistered, kind } = verification
  if (owners.length > 0) {
    const passed = owners.filter(({ status }) => status === 'pass').length
    const status = owners.some((owner) => owner.status === 'fail')
      ? 'fail'
      : passed < owners.length
        ? 'unknown'
        : 'pass'
    const remark = isRegistered ? 'NAR hashes and references as registered' : 'nothing to compare them with'
    yield { status, text: `${ofAll(passed, owners.length)} ${nounOf(kind)[1]}`, remark }
  }
  if (references.registered > 0) {
    const { registered, found } = references
    const status = found < registered ? 'fail' : 'pass'
    yield { status, text: `${ofAll(found, registered)} references`, remark: 'found in the content' }
  }
  const read = files.count - files.failed
  const text = `${ofAll(read, files.count)} ${owners.length > 0 ? 'other files' : 'files'}`
  yield { status: files.failed > 0 ? 'fail' : 'pass', text, remark: `readable, ${formatBytes(files.bytes, unit)}` }
  const right = checksums.filter(({ problem }) => problem === undefined)
  if (checksums.length > 0) {
    const names = [...new Set(right.map(({ structure }) => structure.replace(/^backup /, '')))]
    yield {
      status: right.length < checksums.length ? 'fail' : 'pass',
      text: `${ofAll(right.length, checksums.length)} checksums`,
      remark: names.join(', '),
    }
  }
}

function ofAll(some: number, all: number): string {
  return `${formatCount(some)} of ${formatCount(all)}`
}

function* notesOf({ references: { unregistered } }: Verification, verbose: boolean): Generator<string> {
  if (unregistered === 0) return
  const hint = verbose ? '' : ' (-v lists them)'
  yield `${plural(unregistered, 'mention')} not registered: Nix registers only what a build was given${hint}`
}

/** The verdict, with the numbers of what passed. */
function verdictLine(verification: Verification, style: TextStyle): string {
  const { verdict, owners, files, checksums, isRegistered, kind, complete } = verification
  const word = { pass: green('PASS', style), fail: red('FAIL', style), unknown: red('NOT VERIFIED', style) }[verdict]
  const passed = owners.filter(({ status }) => status === 'pass').length
  const right = checksums.filter(({ problem }) => problem === undefined).length
  const parts = [
    ...(owners.length > 0 ? [`${ofAll(passed, owners.length)} ${nounOf(kind)[1]}`] : []),
    ...(files.failed > 0 ? [`${ofAll(files.count - files.failed, files.count)} files`] : []),
    ...(right < checksums.length ? [`${ofAll(right, checksums.length)} checksums`] : []),
    ...(isRegistered ? [] : ['no registration']),
    ...(complete ? [] : ['not read in full']),
  ]
  const width = style.width - VERDICT_INDENT
  return wrapPhrases(
    parts.map((part, at) => (at < parts.length - 1 ? `${part},` : part)),
    width,
  )
    .map((line, at) => (at === 0 ? `${bold(word, style)}  ${line}` : `      ${line}`))
    .join('\n')
}
