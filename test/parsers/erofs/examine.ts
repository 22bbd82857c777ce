import { expect } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import type { ErofsImage } from '../../../parsers/erofs/index.ts'
import { pathBuilder, type StoredExtent } from '../../../parsers/image.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { type Account, attribute } from '../../../src/inventory/attribution.ts'

/** Content read of one image: we tell bombs by what they list, and do not unpack them. */
const MAX_READ = 4 << 20
/** Milliseconds and bytes that no image of a few kilobytes may take. */
const MAX_CPU_TIME = 15_000
const MAX_MEMORY = 200 << 20

/** The result of opening, attributing and reading an image. */
export interface Examined {
  /** Why it could not be opened. */
  readonly refusal: string
  readonly image: ErofsImage | undefined
  readonly paths: readonly string[]
  readonly warnings: readonly string[]
  readonly complete: boolean
  readonly accounts: readonly Account[]
  /** Own bytes by account name. */
  readonly own: Readonly<Record<string, number>>
  /** Content, or the sentence why it cannot be read, by path. */
  readonly content: Readonly<Record<string, string>>
  /** Extents by path. */
  readonly extents: Readonly<Record<string, readonly StoredExtent[]>>
  /** Attributes as "name=value", or the sentence why they cannot be read, by path. */
  readonly xattrs: Readonly<Record<string, readonly string[] | string>>
}

/**
 * Does with an image all that can be done, and expects what must hold for every input: only a FormatError is thrown, in
 * little time and memory; own sizes add up to the file; a loss is told.
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
  const nothing = {
    paths: [],
    warnings: [],
    complete: false,
    accounts: [],
    own: {},
    content: {},
    extents: {},
    xattrs: {},
  }
  let open: ReturnType<typeof openSource>
  try {
    open = openSource(bytesSource(bytes, 'test.erofs'))
  } catch (error) {
    return { ...nothing, image: undefined, refusal: sentenceOf(error) }
  }
  const image = open.image as ErofsImage
  expect(image.format.name).toBe('erofs')
  const { accounts, complete, warnings } = attribute(open)
  expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(bytes.length)
  for (const { own } of accounts) expect(own).toBeGreaterThanOrEqual(0)
  if (!complete) expect(warnings.length).toBeGreaterThan(0)
  const content: Record<string, string> = {}
  const extents: Record<string, readonly StoredExtent[]> = {}
  const xattrs: Record<string, readonly string[] | string> = {}
  const pathOf = pathBuilder(image.tree)
  const paths: string[] = []
  let left = MAX_READ
  for (const entry of image.tree.entries) {
    const path = pathOf(entry.index)
    paths.push(path)
    xattrs[path] = orSentence(() => image.xattrs(entry).map(({ name, value }) => `${name}=${latin1(value)}`))
    if (entry.type !== 'file' || left < 0) continue
    content[path] = orSentence(() => {
      let read = ''
      for (const chunk of open.reader.chunks(entry)) {
        if (left > 0) read += latin1(chunk)
        left -= chunk.length
        if (left < 0) break
      }
      if (left >= 0) expect(read).toHaveLength(entry.size)
      return read
    })
    const listed = orSentence(() => [...image.extents(entry)])
    if (typeof listed !== 'string') extents[path] = listed
  }
  const own: Record<string, number> = {}
  for (const account of accounts) own[account.name] = (own[account.name] ?? 0) + account.own
  const told = warnings.map(sentenceOf)
  return { refusal: '', image, paths, warnings: told, complete, accounts, own, content, extents, xattrs }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function orSentence<T>(body: () => T): T | string {
  try {
    return body()
  } catch (error) {
    return sentenceOf(error)
  }
}

/** One sentence with source, structure and offset, of an error that may be thrown. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof FormatError)) throw error
  expect(error.message).toMatch(/^(.+ in )?test\.erofs: .+ at 0x[0-9a-f]+: \S.*$/)
  expect(error.message).not.toMatch(/NaN|Infinity|undefined|\[object/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  return error.message
}
