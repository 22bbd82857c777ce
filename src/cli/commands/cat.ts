import { FormatError } from '../../../parsers/bytes/errors.ts'
import { pathOf } from '../../../parsers/image.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { printable } from '../../present/text/printable.ts'
import type { CatArguments } from '../definitions/cat.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { resolveTyped } from '../named-path.ts'
import { openNamed } from '../open.ts'
import { say, writeOut } from '../output.ts'
import { printCutShort } from '../print-problems.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope cat IMAGE PATH`: the content of a file, streamed. */
export async function runCat(options: CatArguments): Promise<ExitCode> {
  return withOpen(openNamed(options.image, options), (open) => writeContent(open, options))
}

async function writeContent(open: OpenImage, options: CatArguments): Promise<ExitCode> {
  const { entry, open: holder, imagePath } = await resolveTyped(open, options.path.replace(/\/+$/, ''))
  if (entry.type !== 'file') {
    const where = printable(imagePath + pathOf(holder.image.tree, entry))
    const target = entry.target === undefined ? '' : ` to ${printable(entry.target)}`
    throw new UsageError(`${open.file.name}: ${where} is a ${WORDS[entry.type]}${target}, not a regular file`)
  }
  try {
    const chunks = holder.reader.chunks(entry)
    const where = `${open.file.name}: ${printable(imagePath + pathOf(holder.image.tree, entry))}`
    await writeOut(process.stdout.isTTY ? textOnly(chunks, where) : chunks)
  } catch (error) {
    if (error instanceof FormatError) printCutShort(problemsOf(open).warnings)
    throw error
  }
  return isSound(holder) ? EXIT.ok : EXIT.failed
}

/** Bytes looked at to tell text from other content, as git does. */
const LOOKED_AT = 8000

/** Passes content on to a terminal, which other bytes than text may put into any state. */
function* textOnly(chunks: Iterable<Uint8Array>, where: string): Generator<Uint8Array> {
  let left = LOOKED_AT
  for (const chunk of chunks) {
    if (left > 0 && chunk.subarray(0, left).includes(0)) {
      throw new UsageError(`${where} is not text, so it is not written to a terminal: add > FILE, or use extract`)
    }
    left -= chunk.length
    yield chunk
  }
}

/** Whether no stream is damaged that a file came out of. If one is, it says so. */
function isSound(holder: OpenImage): boolean {
  let sound = true
  for (let at: OpenImage | undefined = holder; at !== undefined; at = at.outer?.open) {
    if (at.damage === undefined) continue
    sound = false
    say(at.damage.message)
  }
  return sound
}

const WORDS = {
  directory: 'directory',
  symlink: 'symbolic link',
  blockDevice: 'block device',
  charDevice: 'character device',
  fifo: 'named pipe',
  socket: 'socket',
} as const
