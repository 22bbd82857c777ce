import { bytesInside } from '../analyses/bytes-inside.ts'
import type { Survey } from '../inventory/survey.ts'
import { leftOutText, mostText, takenText } from '../present/server-words.ts'
import { isRemote } from './image-file.ts'
import { note } from './output.ts'
import { blockingProgressOf, type Progress, progressOf } from './progress.ts'

/**
 * Says before work that reads much of a file how much that is, if a server has to send it.
 * @param work what takes it: "hashing the image"
 */
export function noteBytes(name: string, work: string, bytes: number): void {
  if (isRemote(name)) note(`${name}: ${takenText(work, bytes)}`)
}

/** The same for work of which we do not know how much it reads. */
export function noteMost(name: string, work: string, most: number): void {
  if (isRemote(name)) note(`${name}: ${mostText(work, most)}`)
}

/** A line about work on files: see `progressOf`. While we wait for a server no handler of a signal could run. */
export function progressAt(names: readonly string[], what: string): Progress {
  return names.some(isRemote) ? blockingProgressOf(what) : progressOf(what)
}

/** The surveys that `noteLeftOut` has told of: an answer may be both a page and text. */
const told = new WeakSet<Survey>()

/** Names what an answer about a file on a server leaves out, because it takes contents. */
export function noteLeftOut(survey: Survey): void {
  if (survey.parts.saved !== undefined || survey.parts.inside !== undefined || told.has(survey)) return
  told.add(survey)
  const bytes = bytesInside(survey.attribution.accounts)
  if (bytes > 0) note(leftOutText(bytes))
}
