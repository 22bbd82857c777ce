import { explained } from '../../images/explained.ts'
import { openImage } from '../../images/open-image.ts'
import { Survey, type SurveyParts } from '../../inventory/survey.ts'
import { ReportError } from '../../present/json/read-report.ts'
import { progressOf, readProgress } from './progress.ts'
import { savedReport } from './saved-report.ts'
import { startThread } from './threads.ts'

/**
 * A survey of a file that the user chose: an image, or a saved report.
 * @throws {FormatError} if it holds no image that we can read
 * @throws {ReportError} if it is a saved report that cannot replace an image
 */
export async function surveyOf(file: File): Promise<Survey> {
  const saved = await savedIn(file)
  const open = () => openImage(file, { reads: readProgress(file.name), progress: progressOf(`unpacking ${file.name}`) })
  const survey = new Survey(
    open,
    { file, startThread, progress: progressOf(`looking for references in ${file.name}`) },
    saved,
  )
  if (saved === undefined) await opened(survey, file)
  return survey
}

/** What a saved report says. The error names the file. */
async function savedIn(file: File): Promise<SurveyParts | undefined> {
  try {
    return await savedReport(file)
  } catch (error) {
    if (error instanceof ReportError) throw new ReportError(`${file.name}: ${error.message}`)
    throw error
  }
}

/** Opens the image now. Where there is none, the error says what the file is instead. */
async function opened(survey: Survey, file: File): Promise<void> {
  try {
    survey.open
  } catch (error) {
    throw await explained(error, file)
  }
}
