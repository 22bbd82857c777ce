import type { Inventory } from '../inventory/take-inventory.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { type OpenedSurvey, openSurvey, type SurveyArguments } from './open-survey.ts'
import { printProblems } from './print-problems.ts'

/** A side of a comparison, and its survey. */
export interface OpenSide extends OpenedSurvey {
  readonly inventory: Inventory
  /** Whether we could read all of its metadata. */
  readonly isWhole: boolean
}

/**
 * Opens an image or a saved report for a comparison, and reports its problems on stderr.
 * @param withOutside whether to compare entries outside store paths, and metadata, too
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
    printProblems(problems, options.verbose)
    return { ...opened, inventory, isWhole: survey.metadataProblems.length === 0 }
  } catch (error) {
    // We cache what we found, even if the question fails.
    opened.close()
    throw error
  }
}
