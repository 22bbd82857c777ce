import { type Extracted, Extraction } from '../../analyses/extraction.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { pathBelow } from '../../platform/node/tree-writer.ts'
import { printable, shortenMiddle } from '../../present/text/printable.ts'
import type { ExtractArguments } from '../definitions/extract.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openNamed } from '../open.ts'
import { styleOf } from '../option-values.ts'
import { joinLines, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { selectedEntries } from '../selected-entries.ts'
import { withOpen } from '../with-open.ts'
import { WrittenTree } from '../written-tree.ts'

/** `isoscope extract IMAGE PATH... -o DIR`: writes files and directories of the image. */
export async function runExtract(options: ExtractArguments): Promise<ExitCode> {
  if (options.output === '-') {
    throw new UsageError('-o -: extract writes to a directory; isoscope cat writes a file to stdout')
  }
  return withOpen(openNamed(options.image, options), (open) => extract(open, options))
}

async function extract(open: OpenImage, options: ExtractArguments): Promise<ExitCode> {
  const extraction = new Extraction(open)
  for (const path of options.paths) for (const selected of await selectedEntries(open, path)) extraction.add(selected)
  const run = new WrittenTree(open, extraction, options)
  if (options.list === true) await writeOut(joinLines(run.examined(), lineOf(options.output)))
  else await run.write()
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  if (options.list !== true) process.stdout.write(`${run.summary()}\n`)
  return complete && run.failures === 0 ? EXIT.ok : EXIT.failed
}

/** A line of `--list`: the path that would be written, as much of it as fits a terminal. */
function lineOf(top: string): (extracted: Extracted) => string {
  const { width } = styleOf('never', false)
  return ({ path, entry: { type, target } }) => {
    const shown = printable(pathBelow(top, path))
    const end = type === 'directory' ? '/' : target === undefined ? '' : ` -> ${printable(target)}`
    return shortenMiddle(shown + end, width)
  }
}
