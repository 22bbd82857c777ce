import { createHash } from 'node:crypto'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { UnrecognisedFile } from '../../parsers/detect/find-image.ts'
import { nameFile } from '../../parsers/detect/name-file.ts'
import type { Entry } from '../../parsers/image.ts'
import { diff, isEmptyDiff } from '../../src/analyses/diff.ts'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { type ListedEntry, listing } from '../../src/analyses/listing.ts'
import { report } from '../../src/analyses/report.ts'
import { why } from '../../src/analyses/why.ts'
import { type OpenImage, openSource, problemsOf } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { inventoryOf } from '../../src/inventory/take-inventory.ts'
import { listedEntryJson } from '../../src/present/json/listing.ts'
import { reportJson } from '../../src/present/json/report.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import { PLAIN } from '../../src/present/text/style.ts'
import { listingView } from '../../src/views/listing.ts'

/** A rule that must hold for every image, whatever its content, and did not. */
export class BrokenRule extends Error {
  override readonly name = 'BrokenRule'
}

/** The result of examining an image. */
export interface Examined {
  /** Why we could not open it. */
  readonly refusal: string | undefined
  /** Whether we could read all of it. */
  readonly complete: boolean
  readonly warnings: readonly string[]
  /** All paths as listed, including those of images inside. */
  readonly paths: readonly string[]
  /** A hash of everything listed and read: it is the same for the same image. */
  readonly digest: string
}

/**
 * How many content bytes we read of one image, and how many entries we ask. We find bombs by their listing and do not
 * unpack them.
 */
const MAX_READ = 4 << 20
const MAX_ASKED = 50
/** How many entries we ask for their places, because the block lists of a hostile image may be long. */
const MAX_PLACED = 1000
/** How many runs we look at in one file. */
const MAX_RUNS = 5000
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const CODES = new Set(['MALFORMED', 'TRUNCATED', 'CHECKSUM', 'UNSUPPORTED', 'LIMIT'])

/**
 * Does with an image, in this process, what report, ls -R, why, diff, cat and the scan do, and checks the rules for
 * every image. Only a FormatError may be thrown, with a place. Own sizes must add up to the file. Bytes outside the
 * image must not count as content without a warning. Printed text must not contain control characters.
 * @throws {BrokenRule} and any error that the project does not mean to throw
 */
export async function examine(bytes: Uint8Array, name = 'image'): Promise<Examined> {
  const before = Uint8Array.from(bytes)
  const digest = createHash('sha256')
  const examined = await look(bytes, name, digest)
  rule(Buffer.compare(before, bytes) === 0, 'the image was written to')
  return { ...examined, digest: digest.digest('hex') }
}

async function look(
  bytes: Uint8Array,
  name: string,
  digest: ReturnType<typeof createHash>,
): Promise<Omit<Examined, 'digest'>> {
  let open: OpenImage
  try {
    open = openSource(bytesSource(bytes, name))
  } catch (error) {
    const found = sentenceOf(error)
    const refusal = error instanceof UnrecognisedFile ? sentenceOf(nameFile(bytesSource(bytes, name))) : found
    digest.update(refusal)
    return { refusal, complete: false, warnings: [refusal], paths: [] }
  }
  const survey = new Survey(() => open)
  const { accounts } = survey.attribution
  let sum = 0
  for (const { own } of accounts) {
    rule(Number.isInteger(own) && own >= 0, `an account of ${own} bytes`)
    sum += own
  }
  rule(sum === bytes.length, `the accounts have ${sum - bytes.length} bytes more than the file`)
  const inventory = await inventoryOf(survey, 'auto')
  const result = report(inventory)
  const json = JSON.parse(
    [...reportJson(result, inventory, { owned: survey.files, outside: survey.outside })].join(''),
  ) as { accounts: unknown[] }
  rule(json.accounts.length > 0 || bytes.length === 0, 'a report without accounts')
  const side = { ...inventory, files: survey.files, outside: survey.outside }
  rule(isEmptyDiff(diff(side, side, 'path')), 'it differs from itself')
  survey.metadataProblems.forEach(sentenceOf)
  if (survey.keys.length > 0) {
    const { mentions, failures } = await survey.scan()
    digest.update(JSON.stringify(mentions))
    const compressed = await survey.compressed()
    digest.update(JSON.stringify([compressed.mentions, compressed.files]))
    for (const { error } of [...failures, ...compressed.failures]) sentenceOf(error)
    const { references, roots, attribution } = inventory
    if (references !== undefined) {
      const sizes = graphSizes(attribution, references, roots)
      for (let path = 0; path < Math.min(3, references.graph.keys.length); path += 1) {
        why(sizes, path, { from: undefined, all: false })
      }
    }
  }
  const paths = list(open, digest)
  readContents(open, { left: MAX_READ }, digest)
  const { warnings, complete } = problemsOf(open)
  const told = [...new Set([...warnings, ...result.warnings])].map(sentenceOf)
  rule(complete || told.length > 0, 'not all of it could be read, and nobody is told')
  digest.update(JSON.stringify([complete, told, accounts]))
  return { refusal: undefined, complete, warnings: told, paths }
}

function list(open: OpenImage, digest: ReturnType<typeof createHash>): string[] {
  const paths: string[] = []
  let index = 0
  const entries = [...listing({ open, entry: open.image.tree.entries[0]!, imagePath: '' }, true)]
  const { sections } = listingView(() => entries, { folder: '', isLong: true })
  const text = sectionsText(sections(), { style: PLAIN, unit: 'iec', fullPaths: false })
  const lines = text.split('\n').slice(0, -1)
  // The first line is the heading.
  rule(
    entries.length === 0 || lines.length === entries.length + 1,
    `${lines.length} lines of ${entries.length} entries`,
  )
  for (const listed of entries) {
    const line = lines[index + 1]!
    rule(!UNSAFE.test(line), `printed with a control character: ${JSON.stringify(line)}`)
    const { stored } = JSON.parse(listedEntryJson(listed, index < MAX_PLACED ? placesOf(listed) : undefined)) as {
      stored: number
    }
    rule(Number.isInteger(stored) && stored >= 0 && stored <= open.file.size, `an entry of ${stored} stored bytes`)
    const below = listed.below()
    const isSum = below === undefined || (below.stored >= 0 && below.stored <= open.file.size && below.files >= 0)
    rule(isSum, `a directory of ${below?.stored} stored bytes in ${below?.files} files`)
    paths.push(listed.path)
    if (index < 2000) digest.update(line)
    index += 1
  }
  return paths
}

/** The places of a file: they are in content order, none is empty, and they have no more content than the file. */
function placesOf(listed: ListedEntry): ReturnType<ListedEntry['extents']> {
  let extents: ReturnType<ListedEntry['extents']>
  orSentence(() => {
    extents = listed.extents()
  })
  let end = 0
  for (const { at, offset, length, unpacked } of extents ?? []) {
    rule(at >= end && offset >= 0 && length > 0 && unpacked >= 0, 'an extent without bytes, or out of order')
    end = at + unpacked
  }
  rule(end <= listed.entry.size, `extents of ${end} bytes, where ${listed.entry.size} should be`)
  return extents
}

/** Reads the contents of files in an image and in the images inside it. */
function readContents(open: OpenImage, budget: { left: number }, digest: ReturnType<typeof createHash>): void {
  const { image } = open
  for (const entry of image.tree.entries) {
    if (entry.index < MAX_ASKED) {
      orSentence(() => digest.update(JSON.stringify(image.xattrs?.(entry) ?? [])))
    }
    if (entry.type !== 'file') continue
    // We check only the first files, because the others are similar.
    if (entry.index < 1000) checkRuns(open, entry)
    if (budget.left > 0) orSentence(() => readContent(open, entry, budget, digest))
  }
  for (const inner of open.opened) readContents(inner, budget, digest)
}

function readContent(
  { reader }: OpenImage,
  entry: Entry,
  budget: { left: number },
  digest: ReturnType<typeof createHash>,
): void {
  let length = 0
  for (const chunk of reader.chunks(entry)) {
    digest.update(chunk)
    length += chunk.length
    budget.left -= chunk.length
    rule(length <= entry.size, 'more content than the size of the file')
    if (budget.left < 0) return
  }
  rule(length === entry.size, `${length} bytes of content, where ${entry.size} should be`)
}

/** Checks that stored bytes lie in the image, or that the image reports missing bytes. */
function checkRuns({ image, problems }: OpenImage, entry: Entry): void {
  let length = 0
  let count = 0
  orSentence(() => {
    for (const run of image.runs(entry)) {
      const { offset, storedLength } = run
      rule(run.length >= 0 && run.skip >= 0 && storedLength >= 0 && offset >= 0, 'a run of negative length or place')
      const isInside = run.codec === 'hole' || offset + storedLength <= image.source.size
      rule(isInside || !problems.complete, `content at ${offset}, outside the image, and nobody is told`)
      length += run.length
      count += 1
      if (count > MAX_RUNS) return
    }
    rule(length === entry.size, `runs of ${length} bytes, where the file has ${entry.size}`)
  })
}

/** Allows only the errors that the project means to throw. */
function orSentence(body: () => void): void {
  try {
    body()
  } catch (error) {
    if (error instanceof BrokenRule) throw error
    sentenceOf(error)
  }
}

/** The sentence of an error that may be thrown. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof FormatError)) throw error
  const { code, message, facts } = error
  rule(CODES.has(code), `an error of code ${code}`)
  rule(Number.isFinite(facts.offset) && facts.offset >= 0, `an error at ${facts.offset}: ${message}`)
  rule(/^.+: .+ at 0x[0-9a-f]+( \(0x[0-9a-f]+ of the outer file\))?: \S.*$/.test(message), `no sentence: ${message}`)
  rule(!/NaN|Infinity|undefined|\[object/.test(message), `a sentence with a hole: ${message}`)
  rule(!UNSAFE.test(message), `a sentence with a control character: ${JSON.stringify(message)}`)
  return message
}

function rule(holds: boolean, problem: string): void {
  if (!holds) throw new BrokenRule(problem)
}
