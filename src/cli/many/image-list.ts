import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../exit-codes.ts'
import { asListed, type ListedImage, listedImage } from '../image-file.ts'
import { systemReason } from '../open.ts'

const LINE_END = 0x0a

/**
 * The images that a command line names, and then those of a list, as soon as they arrive.
 * @param from a file with paths and URLs; "-" is stdin
 * @throws {UsageError} if the list cannot be read
 */
export async function* listedImages(
  named: readonly string[],
  from: string | undefined,
  header: readonly string[] | undefined,
): AsyncGenerator<ListedImage> {
  // All at once, because a name that is answered about may be forgotten.
  yield* named.map(asListed)
  if (from === undefined) return
  const stream: AsyncIterable<Uint8Array> = from === '-' ? process.stdin : createReadStream(from)
  try {
    for await (const word of namesIn(stream, from)) yield listedImage(localPath(word), header)
  } catch (error) {
    const reason = systemReason(error)
    if (reason === undefined) throw error
    throw new UsageError(`--files-from ${from}: ${reason}`, [], { cause: error })
  }
}

/**
 * The names in a list. They are separated by NUL if the first piece of the list has one, and by line ends if not. Empty
 * names count for nothing.
 * @throws {UsageError} if a list of lines has a NUL further on
 */
export async function* namesIn(pieces: AsyncIterable<Uint8Array>, list: string): AsyncGenerator<string> {
  let separator: number | undefined
  let rest = new Uint8Array(0)
  for await (const piece of pieces) {
    separator ??= piece.includes(0) ? 0 : LINE_END
    if (separator === LINE_END && piece.includes(0)) {
      throw new UsageError(`--files-from ${list}: has lines, and further on a NUL; end all names alike`)
    }
    rest = Buffer.concat([rest, piece])
    for (let end = rest.indexOf(separator); end >= 0; end = rest.indexOf(separator)) {
      yield* nameOf(rest.subarray(0, end), separator)
      rest = rest.subarray(end + 1)
    }
  }
  yield* nameOf(rest, separator ?? LINE_END)
}

/** A line may end as on Windows. */
function* nameOf(bytes: Uint8Array, separator: number): Generator<string> {
  const text = Buffer.from(bytes).toString()
  const name = separator === LINE_END ? text.replace(/\r$/, '') : text
  if (name !== '') yield name
}

/** The path that a file URL means; any other word stays as it is, and is told as a file that is not there. */
function localPath(word: string): string {
  try {
    return /^file:\/\//i.test(word) ? fileURLToPath(word) : word
  } catch {
    return word
  }
}
