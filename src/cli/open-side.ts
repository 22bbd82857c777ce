import type { Inventory } from '../inventory/take-inventory.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { type OpenedSurvey, openSurvey, type SurveyArguments } from './open-survey.ts'
import { tellProblems } from './tell-problems.ts'

/** A side of a comparison, with the survey it comes from. */
export interface OpenSide extends OpenedSurvey {
  readonly inventory: Inventory
  /** Whether all of its metadata could be read. */
  readonly isWhole: boolean
}

/**
 * Opens an image, or a saved report, to compare it; says on stderr what is wrong with it.
 * @param withOutside whether entries outside store paths, and metadata, are to be compared too
 */
export async function openSide(
  image: string,
  options: Omit<SurveyArguments, 'image'> & InventoryArguments,
  withOutside = false,
): Promise<OpenSide> {
  const opened = openSurvey({ ...options, image })
  const { survey } = opened
  try {
    const inventory = await inventoryWith(survey, options, { files: true, outside: withOutside })
    const problems = [
      ...inventory.attribution.warnings,
      ...(inventory.references?.warnings ?? []),
      ...(withOutside ? survey.metadataProblems : []),
    ]
    tellProblems(problems, options.verbose)
    return { ...opened, inventory, isWhole: survey.metadataProblems.length === 0 }
  } catch (error) {
    // What was found out is kept, whatever becomes of the question.
    opened.close()
    throw error
  }
}
