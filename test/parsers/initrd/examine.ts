import { expect } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { ExtentMap } from '../../../parsers/bytes/extents.ts'
import type { Limits } from '../../../parsers/bytes/limits.ts'
import { type ByteSource, bytesSource } from '../../../parsers/bytes/source.ts'
import { type Entry, filesOf, type Image, pathBuilder } from '../../../parsers/image.ts'
import { openInitrd } from '../../../parsers/initrd/index.ts'
import { settle } from '../../../src/ledger/settle.ts'

/** Content that we read of one image. */
const MAX_READ = 64 << 20

/** What an initrd has. */
export interface Examined {
  readonly image: Image
  readonly entries: Readonly<Record<string, Entry>>
  readonly paths: readonly string[]
  /** Content of files, by path. */
  readonly content: Readonly<Record<string, string>>
  /** Bytes of entries, by path, and of everything else, by name. */
  readonly own: Readonly<Record<string, number>>
  readonly warnings: readonly string[]
  readonly complete: boolean
}

/**
 * Opens an initrd, reads it, and accounts for all of its bytes.
 * @throws {FormatError} if it cannot be opened
 */
export function examine(bytes: Uint8Array | ByteSource, limits: Partial<Limits> = {}): Examined {
  const source = bytes instanceof Uint8Array ? bytesSource(bytes, 'test.img') : bytes
  const image = openInitrd(source, { limits })
  checkOrigin(image, source)
  const { tree } = image
  const map = new ExtentMap(image.source, tree.count)
  const { warnings, complete } = image.claimContent(map)
  image.claimStructures(map, complete)
  // The sum is the size, or settle throws.
  const ledger = settle(
    map,
    Uint32Array.from({ length: tree.count }, (_, index) => index),
    tree.count,
  )
  const entries: Record<string, Entry> = {}
  const content: Record<string, string> = {}
  const own: Record<string, number> = {}
  let left = MAX_READ
  const pathOf = pathBuilder(tree)
  for (const entry of tree.entries) {
    const path = pathOf(entry.index)
    expect(entries[path]).toBeUndefined()
    if (entry.index > 0) expect(entry.parent).toBeLessThan(entry.index)
    entries[path] = entry
    own[path] = ledger.own[entry.index]!
  }
  for (const index of filesOf(tree)) {
    const entry = tree.entry(index)
    const parts = [...image.runs(entry)].map(({ offset, length }) => image.source.read(offset, length).slice())
    const text = Buffer.concat(parts)
    expect(text.length).toBe(entry.size)
    left -= text.length
    if (left > 0) content[pathOf(index)] = text.toString('latin1')
  }
  for (const { name, own: bytes } of ledger.remainders) own[name] = (own[name] ?? 0) + bytes
  for (const warning of warnings) checkSentence(warning)
  if (!complete) expect(warnings.length).toBeGreaterThan(0)
  return {
    image,
    entries,
    paths: Object.keys(entries),
    content,
    own,
    warnings: warnings.map(({ message }) => message),
    complete,
  }
}

/** The error that opening ends with. */
export function refusal(bytes: Uint8Array, limits: Partial<Limits> = {}): string {
  try {
    openInitrd(bytesSource(bytes, 'test.img'), { limits })
  } catch (error) {
    return checkSentence(error)
  }
  return ''
}

/** Whether the blocks of a stream cover all of both sides, and stored ones have the same bytes on both. */
function checkOrigin({ source: { origin, size, read } }: Image, file: ByteSource): void {
  if (origin.kind !== 'stream') {
    expect(size).toBe(file.size)
    return
  }
  expect(origin.source).toBe(file)
  const { count, storedStarts, unpackedStarts, isStored } = origin.blocks
  expect([storedStarts.length, unpackedStarts.length, isStored.length]).toEqual([count + 1, count + 1, count])
  expect([storedStarts[0], unpackedStarts[0]]).toEqual([0, 0])
  expect([storedStarts[count], unpackedStarts[count]]).toEqual([file.size, size])
  for (let block = 0; block < count; block += 1) {
    const stored = storedStarts[block + 1]! - storedStarts[block]!
    const unpacked = unpackedStarts[block + 1]! - unpackedStarts[block]!
    expect(Math.min(stored, unpacked)).toBeGreaterThanOrEqual(0)
    if (isStored[block] === 0) continue
    expect(unpacked).toBe(stored)
    const same = Buffer.compare(read(unpackedStarts[block]!, unpacked), file.read(storedStarts[block]!, stored))
    expect(same).toBe(0)
  }
}

function checkSentence(error: unknown): string {
  if (!(error instanceof FormatError)) throw error
  expect(error.message).toMatch(
    /^test\.img( \(unpacked\))?: .+ at 0x[0-9a-f]+( \(0x[0-9a-f]+ of the outer file\))?: \S.*$/,
  )
  expect(error.message).not.toMatch(/NaN|Infinity|undefined|\[object/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  return error.message
}
