import { expect } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { pathBuilder } from '../../../parsers/image.ts'
import type { SquashfsImage } from '../../../parsers/squashfs/index.ts'
import { listing } from '../../../src/analyses/listing.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { type Account, attribute } from '../../../src/inventory/attribution.ts'

/** Content read of one image: bombs are told by what they list, not unpacked. */
const MAX_READ = 4 << 20
/** Entries asked for their attributes. */
const MAX_ASKED = 100
/** Milliseconds and bytes that no image of a few kilobytes may take. Three times what is promised: tests share the machine. */
const MAX_CPU_TIME = 15_000
const MAX_MEMORY = 200 << 20

/** What came of opening, attributing, listing and reading an image. */
export interface Examined {
  /** Why it could not be opened. */
  readonly refusal: string
  /** Paths of all entries. */
  readonly paths: readonly string[]
  readonly warnings: readonly string[]
  readonly complete: boolean
  readonly accounts: readonly Account[]
  /** Own bytes by account name. */
  readonly own: Readonly<Record<string, number>>
  /** Content, or the sentence why it cannot be read, by path. */
  readonly content: Readonly<Record<string, Uint8Array | string>>
  /** Why extended attributes could not be read, by path. */
  readonly xattrProblems: Readonly<Record<string, string>>
}

/**
 * Does with an image all that can be done, and expects what must hold for every input: nothing but a FormatError is
 * thrown, in little time and memory; own sizes add up to the file; what is lost is told, by structure and offset.
 */
export function examine(bytes: Uint8Array): Examined {
  const started = process.cpuUsage()
  const before = memory()
  const examined = look(bytes)
  expect(memory() - before).toBeLessThan(MAX_MEMORY)
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(MAX_CPU_TIME)
  return examined
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function look(bytes: Uint8Array): Examined {
  const nothing = { paths: [], warnings: [], complete: false, accounts: [], own: {}, content: {}, xattrProblems: {} }
  let open: ReturnType<typeof openSource>
  try {
    open = openSource(bytesSource(bytes, 'test.squashfs'))
  } catch (error) {
    return { ...nothing, refusal: sentenceOf(error) }
  }
  const image = open.image as SquashfsImage
  const { accounts, complete, warnings } = attribute(open)
  expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(bytes.length)
  for (const { own } of accounts) expect(own).toBeGreaterThanOrEqual(0)
  for (const warning of warnings) sentenceOf(warning)
  if (!complete) expect(warnings.length).toBeGreaterThan(0)
  const unlisted = [...listing({ open, entry: image.tree.entries[0]!, imagePath: '' }, true)]
  expect(unlisted).toHaveLength(image.tree.entries.length - 1)
  expect(unlisted[0]?.stored()).not.toBeNaN()

  const content: Record<string, Uint8Array | string> = {}
  const xattrProblems: Record<string, string> = {}
  let left = MAX_READ
  const pathOf = pathBuilder(image.tree)
  const paths: string[] = []
  for (const entry of image.tree.entries) {
    const path = pathOf(entry.index)
    paths.push(path)
    if (entry.index < MAX_ASKED)
      try {
        image.xattrs(entry)
      } catch (error) {
        xattrProblems[path] = sentenceOf(error)
      }
    if (entry.type !== 'file' || left < 0) continue
    try {
      const parts: Uint8Array[] = []
      for (const chunk of open.reader.chunks(entry)) {
        parts.push(chunk.slice())
        left -= chunk.length
        if (left < 0) break
      }
      content[path] = Buffer.concat(parts)
    } catch (error) {
      content[path] = sentenceOf(error)
    }
    open.nested(entry)
  }
  const own: Record<string, number> = {}
  for (const account of accounts) own[account.name] = (own[account.name] ?? 0) + account.own
  return {
    refusal: '',
    paths,
    warnings: warnings.map(({ message }) => message),
    complete,
    accounts,
    own,
    content,
    xattrProblems,
  }
}

/** One sentence with source, structure and offset, of an error that may be thrown. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof FormatError)) throw error
  expect(error.message).toMatch(/^(.+ in )?test\.squashfs: .+ at 0x[0-9a-f]+: \S.*$/)
  expect(error.message).not.toMatch(/NaN|Infinity|undefined|\[object/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  return error.message
}
