import type { DiffSide } from '../analyses/diff.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { type OpenedSurvey, openSurvey, type SurveyArguments } from './open-survey.ts'
import { tellProblems } from './tell-problems.ts'

/** A side of a comparison, with the survey it comes from. */
export interface OpenSide extends OpenedSurvey {
  readonly side: DiffSide
}

/** Opens an image, or a saved report, to compare it; says on stderr what is wrong with it. */
export async function openSide(
  image: string,
  options: Omit<SurveyArguments, 'image'> & InventoryArguments,
): Promise<OpenSide> {
  const opened = openSurvey({ ...options, image })
  const inventory = await inventoryWith(opened.survey, options).catch((error: unknown) => {
    // What was found out is kept, whatever becomes of the question.
    opened.close()
    throw error
  })
  tellProblems([...inventory.attribution.warnings, ...(inventory.references?.warnings ?? [])], options.verbose)
  return { ...opened, side: { inventory, files: opened.survey.files } }
}
