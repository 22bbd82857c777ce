import { type Exploration, exploration } from '../../../src/analyses/exploration.ts'
import { openImage } from '../../../src/images/open-image.ts'
import { Survey } from '../../../src/inventory/survey.ts'
import { inventoryOf } from '../../../src/inventory/take-inventory.ts'
import { readReport } from '../../../src/present/json/read-report.ts'
import type { Explorer } from '../../../src/present/terminal/explorer.ts'
import { press } from '../../../src/present/terminal/press.ts'
import { draw } from '../../../src/present/terminal/screen.ts'

/** The screen of most tests. */
export const SCREEN = { columns: 80, rows: 24 }

/** What an explorer knows of an image file, which stays open as long as the tests run. */
export async function explorationOf(path: string): Promise<Exploration> {
  const open = openImage(path)
  const survey = new Survey(() => open)
  return exploration(await inventoryOf(survey, 'auto'), survey)
}

/** What an explorer knows of a saved report. */
export async function explorationOfReport(json: string): Promise<Exploration> {
  const survey = new Survey(
    () => {
      throw new Error('a saved report has no image')
    },
    {},
    readReport(json),
  )
  return exploration(await inventoryOf(survey, 'auto'), survey)
}

/** An explorer after some keys. */
export function pressed(state: Explorer, ...keys: readonly string[]): Explorer {
  return keys.reduce((some, key) => press(some, key, 16), state)
}

/** What a screen without colours shows. */
export function screenOf(state: Explorer, size: typeof SCREEN = SCREEN): readonly string[] {
  return draw(state, size, { color: false, unicode: true })
}
