import { statSync } from 'node:fs'
import { imageIdentity } from '../images/image-identity.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type ReferencesFrom, Survey } from '../inventory/survey.ts'
import { countKept, loadSurvey, saveSurvey } from '../inventory/survey-cache.ts'
import { thisSystem, userDirectory } from '../platform/node/user-directories.ts'
import type { RemoteFile } from '../platform/remote-file.ts'
import { startThreads } from '../scan/scan-references.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { fileForThreads, imageFileOf, isCopy } from './image-file.ts'
import { type OpenArguments, openNamed } from './open.ts'
import { limitsOf, sizeOf, threadsOf } from './option-values.ts'
import type { referenceOptions } from './options.ts'
import { refuseDeep, savedReport } from './saved-report.ts'
import { noteBytes, noteMost, progressAt } from './server-bytes.ts'
import { readVersion } from './version.ts'
import { isChanged, watchFile } from './watched-files.ts'

/** The options of every command that answers from a survey. */
export interface SurveyArguments extends OpenArguments, Pick<ValuesOf<typeof referenceOptions>, 'jobs' | 'noCache'> {
  readonly image: string
  /** Where the question takes references from. */
  readonly references?: ReferencesFrom | 'none' | undefined
}

/** A survey of the image that a command names, and how to close it after the answer. */
export interface OpenedSurvey {
  readonly survey: Survey
  /** Caches what we found for the next question, and closes the image. */
  close(): void
}

/**
 * Begins a survey of an image with the cached results of an earlier run. We open the image only if a question needs it.
 * For a saved report we know only what the report says.
 */
export function openSurvey(options: SurveyArguments): OpenedSurvey {
  const { image: path, offset, in: inside, parserLimit, noCache, deep } = options
  const threadCount = threadsOf(options)
  watchFile(path)
  const saved = savedReport(path, limitsOf(parserLimit))
  if (saved !== undefined && inside !== undefined) {
    throw new UsageError(`${path}: is a saved report, which holds no image to look into; give the image`)
  }
  if (saved !== undefined && deep === true) refuseDeep(path)
  if (saved !== undefined) return { survey: new Survey(() => openNamed(path, options), {}, saved), close() {} }
  let open: OpenImage | undefined
  const openImage = (): OpenImage => {
    if (open === undefined) {
      open = openNamed(path, options)
      if (deep === true) noteMost(path, '--deep', open.file.size)
    }
    return open
  }
  // Results under other limits may differ, so we neither read nor write the cache. It has nothing about images inside,
  // and would never be asked again for a copy that we remove.
  const isPlain = parserLimit === undefined && inside === undefined && !isCopy(path)
  const directory = noCache === true || !isPlain ? undefined : userDirectory('cache', thisSystem())
  let identity: string | undefined
  // Threads open the file, so an image inside it is scanned here.
  const shared = inside === undefined ? fileForThreads(path) : undefined
  const file = { ...threadCount, ...(shared === undefined ? {} : { file: shared }) }
  // Threads for a scan that is certain start while we open the image.
  const isScanned = options.references === 'scan' || (deep === true && options.references !== 'none')
  const threads = isScanned ? startThreads(sizeOfFile(shared), file) : undefined
  try {
    if (directory !== undefined) {
      const start = offset === undefined ? 0 : sizeOf('offset', offset)
      // In a deep survey more images have accounts of their own.
      identity = `${imageIdentity(imageFileOf(path), start, openImage)}${deep === true ? ' deep' : ''}`
    }
  } catch {
    // If the file has a problem, we report it when we open the file. We cache nothing about it.
  }
  const version = readVersion()
  const known =
    directory === undefined || identity === undefined ? {} : (loadSurvey(directory, version, identity) ?? {})
  const knownParts = countKept(known)
  if (known.scan !== undefined) threads?.end()
  const survey = new Survey(
    openImage,
    {
      ...file,
      threads,
      progress: progressAt([path], 'looking for references'),
      deep,
      planned: deep === true ? () => {} : (bytes) => noteBytes(path, 'looking for references', bytes),
    },
    known,
  )
  return {
    survey,
    close() {
      threads?.end()
      const { parts } = survey
      const isWorthwhile = countKept(parts) > knownParts && (parts.keys?.length ?? 0) > 0
      // A file that changed in the meantime is another image, about which we know nothing.
      if (directory !== undefined && isWorthwhile && identity !== undefined && !isChanged(path)) {
        saveSurvey(directory, version, identity, parts)
      }
      open?.close()
    },
  }
}

/** The size of a file in bytes; 0 if we cannot tell yet, or cannot at all, which opening it will explain. */
function sizeOfFile(file: RemoteFile | string | undefined): number {
  if (typeof file !== 'string') return 0
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
