import type { DiffSide } from '../analyses/pair-sides.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { type OpenedSurvey, openSurvey, type SurveyArguments } from './open-survey.ts'
import { tellProblems } from './tell-problems.ts'

/** A side of a comparison, with the survey it comes from. */
export interface OpenSide extends OpenedSurvey {
  readonly side: DiffSide
  /** Whether all of its metadata could be read. */
  readonly isWhole: boolean
}

/** Opens an image, or a saved report, to compare it; says on stderr what is wrong with it. */
export async function openSide(
  image: string,
  options: Omit<SurveyArguments, 'image'> & InventoryArguments,
): Promise<OpenSide> {
  const opened = openSurvey({ ...options, image })
  const { survey } = opened
  try {
    const inventory = await inventoryWith(survey, options)
    const problems = [
      ...inventory.attribution.warnings,
      ...(inventory.references?.warnings ?? []),
      ...survey.metadataProblems,
    ]
    tellProblems(problems, options.verbose)
    const isSaved = survey.parts.saved !== undefined
    const side = { inventory, files: survey.files, outside: survey.outside, isSaved }
    return { ...opened, side, isWhole: survey.metadataProblems.length === 0 }
  } catch (error) {
    // What was found out is kept, whatever becomes of the question.
    opened.close()
    throw error
  }
}
