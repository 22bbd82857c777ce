/** The file of a project, with the rules of `check` and with defaults; schemas/config.json describes it. */
export const CONFIG_NAME = 'isoscope.config.json'
export const CONFIG_KEYS: readonly string[] = ['$schema', 'defaults', 'limits', 'groups', 'forbid', 'noDuplicates']

/** The file of a user, in their directory for settings. */
export const USER_CONFIG_NAME = 'config.json'
export const USER_CONFIG_KEYS: readonly string[] = ['$schema', 'defaults']

/** What the variables begin with: ISOSCOPE_FULL_PATHS is --full-paths. */
export const VARIABLE_PREFIX = 'ISOSCOPE_'

/** Where defaults of options stand, the nearest first. */
export interface DefaultPlaces {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file in the current folder, if it exists. */
  readonly folder: string | undefined
  /** The file of the user, if it exists. */
  readonly user: string | undefined
}
