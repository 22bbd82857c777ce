import { explained } from '../../images/explained.ts'
import { imageIdentity } from '../../images/image-identity.ts'
import { openImage } from '../../images/open-image.ts'
import { partsOfJson } from '../../inventory/json.ts'
import { Survey, type SurveyParts } from '../../inventory/survey.ts'
import type { ImageFile } from '../../platform/image-file.ts'
import { askedFile } from '../../platform/web/http-source.ts'
import { ReportError } from '../../present/json/read-report.ts'
import type { Chosen, Known } from '../messages.ts'
import { planned, progressOf, readProgress } from './progress.ts'
import { savedReport } from './saved-report.ts'
import { startThread } from './threads.ts'

/**
 * A survey of a file that the user chose: an image, or a saved report.
 * @param deep as `--deep` of the command line
 * @param known what an earlier survey of the same depth found out; it counts for nothing if the file is another one now
 * @throws {FormatError} if it holds no image that we can read
 * @throws {ReportError} if it is a saved report that cannot replace an image
 */
export async function surveyOf({ file, name, isHere }: Chosen, deep: boolean, known?: Known): Promise<Survey> {
  const asked = 'url' in file ? await askedFile(file, name) : file
  const saved = await savedIn(asked, name)
  const progress = progressOf(`unpacking ${name}`)
  const open = () => openImage(asked, { name, deep, reads: readProgress(name), progress })
  const looking = 'looking for references'
  const survey = new Survey(
    open,
    {
      deep,
      // Threads would each ask a server for the same bytes.
      ...(isHere ? { file: asked, startThread } : { planned: planned(looking) }),
      progress: progressOf(`${looking} in ${name}`),
    },
    saved,
  )
  if (saved === undefined) await opened(survey, asked)
  if (known !== undefined && known.identity === identityOf({ file }, survey)) {
    Object.assign(survey.parts, partsOfJson(known.parts))
  }
  return survey
}

/** The identity of an image on this machine; undefined of a URL, and if its tables cannot be read. */
export function identityOf({ file }: Pick<Chosen, 'file'>, survey: Survey): string | undefined {
  if ('url' in file) return undefined
  try {
    return imageIdentity(file, 0, () => survey.open)
  } catch {
    return undefined
  }
}

/** What a saved report says. The error names the file. */
async function savedIn(file: ImageFile, name: string): Promise<SurveyParts | undefined> {
  try {
    return await savedReport(file, name)
  } catch (error) {
    if (error instanceof ReportError) throw new ReportError(`${name}: ${error.message}`)
    throw error
  }
}

/** Opens the image now. Where there is none, the error says what the file is instead. */
async function opened(survey: Survey, file: ImageFile): Promise<void> {
  try {
    survey.open
  } catch (error) {
    throw await explained(error, file)
  }
}
