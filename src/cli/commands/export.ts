import { exportedGraph } from '../../analyses/exported-graph.ts'
import { listing } from '../../analyses/listing.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { partsBesideTree } from '../../ledger/beside-tree.ts'
import { bytesAround } from '../../ledger/bytes-around.ts'
import { dotExport } from '../../present/export/dot.ts'
import { graphmlExport } from '../../present/export/graphml.ts'
import { ncduExport } from '../../present/export/ncdu.ts'
import type { ExportArguments } from '../definitions/export.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openNamed } from '../open.ts'
import { isWholeStore, noPathNamed, printStoreProblems, sizesOf, withStore } from '../open-store.ts'
import { unitOf } from '../option-values.ts'
import { joinPieces, say } from '../output.ts'
import { pathsOrFileNamed } from '../path-with-file.ts'
import { printProblems } from '../print-problems.ts'
import { readVersion } from '../version.ts'
import { withOpen } from '../with-open.ts'
import { writeDocument } from '../write-file.ts'

/** `isoscope export -f FORMAT IMAGE`: writes an image in the format of another program. */
export async function runExport(options: ExportArguments): Promise<ExitCode> {
  if (options.format !== 'ncdu') return exportGraph(options)
  if (options.name !== undefined) throw new UsageError('ncdu shows all files of an image; leave the store path out')
  return exportNcdu(options)
}

async function exportGraph(options: ExportArguments): Promise<ExitCode> {
  return withStore(options, async (store) => {
    const named = options.name === undefined ? undefined : await pathsOrFileNamed(store, options.name)
    if (named?.length === 0) {
      printStoreProblems(store, options)
      say(noPathNamed(store, options.name!))
      return isWholeStore(store) ? EXIT.no : EXIT.failed
    }
    const graph = exportedGraph(sizesOf(store, options), named)
    const pieces = options.format === 'dot' ? dotExport(graph, unitOf(options)) : graphmlExport(graph)
    await writeDocument(options.output, joinPieces(pieces))
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}

async function exportNcdu(options: ExportArguments): Promise<ExitCode> {
  return withOpen(openNamed(options.image, options), (open) => writeNcdu(open, options))
}

async function writeNcdu(open: OpenImage, options: ExportArguments): Promise<ExitCode> {
  const at = { open, entry: open.image.tree.entry(0), imagePath: '' }
  const timestamp = Math.floor(Date.now() / 1000)
  const facts = {
    name: open.file.name,
    size: open.file.size,
    around: bytesAround(open).remainders,
    besideTree: partsBesideTree(open),
    version: readVersion(),
    timestamp,
  }
  await writeDocument(options.output, joinPieces(ncduExport(listing(at, true), facts)))
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  return complete ? EXIT.ok : EXIT.failed
}
