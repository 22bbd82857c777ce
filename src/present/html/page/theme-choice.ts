import { choice } from './element.ts'
import { type Palette, paletteOf } from './palette.ts'
import { isDark, setTheme, storedTheme } from './theme.ts'

/** The switch between light and dark. */
export interface ThemeChoice {
  readonly element: HTMLFieldSetElement
  /** The colours of the theme that is shown. */
  palette(): Palette
}

/**
 * Shows the theme that the reader chose before, and makes the switch.
 * @param onChange draws what has colours of its own
 * @param signal ends it; without one it lasts as long as the page
 */
export function themeChoice(onChange: () => void, signal?: AbortSignal): ThemeChoice {
  let theme = storedTheme()
  let palette = paletteOf(isDark(theme))
  const show = (): void => {
    palette = paletteOf(isDark(theme))
    onChange()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show, signal === undefined ? {} : { signal })
  setTheme(theme)
  const element = choice(
    'Theme',
    [
      ['system', 'Auto'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ] as const,
    theme,
    (chosen) => {
      theme = chosen
      setTheme(theme)
      show()
    },
  )
  return { element, palette: () => palette }
}
