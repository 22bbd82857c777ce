import { referenceRows } from '../../analyses/references.ts'
import { fullNameOf } from '../../owners/names.ts'
import { jsonText } from '../../present/json/json-text.ts'
import { printable } from '../../present/text/printable.ts'
import { referencesText } from '../../present/text/references.ts'
import { referencesFrom } from '../../present/text/references-from.ts'
import type { ReferencesArguments } from '../definitions/references.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { isWholeStore, labelsOf, noPathNamed, type OpenStore, sizesOf, withStore } from '../open-store.ts'
import { unitOf } from '../option-values.ts'
import { say, writeOut } from '../output.ts'
import { pathsOrFileNamed } from '../path-with-file.ts'

type Side = 'references' | 'referrers'

/**
 * `isoscope refs IMAGE NAME` and `isoscope referrers IMAGE NAME`: the direct references and referrers of a store path.
 */
export async function runReferences(side: Side, options: ReferencesArguments): Promise<ExitCode> {
  return withStore(options, (store) => printReferences(store, side, options))
}

async function printReferences(store: OpenStore, side: Side, options: ReferencesArguments): Promise<ExitCode> {
  const { survey, references } = store
  const paths = await pathsOrFileNamed(store, options.path)
  const sizes = sizesOf(store, options)
  if (paths.length === 0) {
    say(noPathNamed(store, options.path))
    return isWholeStore(store) ? EXIT.no : EXIT.failed
  }
  // Any path that we could not read completely may refer to one of these.
  const isCertainOf = (path: number): boolean =>
    side === 'references' ? !references.incomplete.includes(path) : references.incomplete.length === 0
  const full = (other: number): string => printable(fullNameOf(references, other))
  const names = labelsOf(store, options)
  const nameOf = (other: number): string => names[other]!
  let hasTable = false
  for (const path of paths) {
    const rows = referenceRows(sizes, path, side)
    if (options.json === true) {
      const listed = rows.map(({ path: other, ...sizes }) => ({ path: full(other), ...sizes }))
      await writeOut([`${jsonText({ path: full(path), from: references.origin, [side]: listed })}\n`])
    } else if (rows.length === 0) {
      const sentence = side === 'references' ? 'refers to no other store path' : 'is referred to by no other store path'
      say(`${full(path)} ${sentence}${isCertainOf(path) ? '' : ', as far as it could be read'}`)
    } else {
      const heading = paths.length === 1 ? '' : `${hasTable ? '\n' : ''}${nameOf(path)}\n`
      hasTable = true
      await writeOut([heading, referencesText(rows, unitOf(options), nameOf)])
    }
  }
  const isCertain = paths.every(isCertainOf)
  if (hasTable) await writeOut([`\n${referencesFrom(references.origin, isCertain)}\n`])
  return survey.attribution.complete && isCertain ? EXIT.ok : EXIT.failed
}
