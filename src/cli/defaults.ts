import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { thisSystem, userDirectory } from '../platform/node/user-directories.ts'
import { CONFIG_NAME, type DefaultPlaces, USER_CONFIG_NAME, VARIABLE_PREFIX } from './config-files.ts'

/**
 * A command line with the options that the user did not type, but has defaults for. Both readers of arguments then see
 * the same. Most users have none, so we load the code for them only if one of the places exists.
 * @throws {UsageError} if a default is wrong
 */
export async function withDefaults(argv: readonly string[]): Promise<readonly string[]> {
  const places = defaultPlaces()
  const hasVariables = Object.keys(places.env).some((name) => name.startsWith(VARIABLE_PREFIX))
  if (places.folder === undefined && places.user === undefined && !hasVariables) return argv
  return (await import('./default-options.ts')).addDefaults(argv, places)
}

function defaultPlaces(): DefaultPlaces {
  const settings = userDirectory('config', thisSystem())
  const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined)
  return {
    env: process.env,
    folder: existing(CONFIG_NAME),
    user: settings === undefined ? undefined : existing(join(settings, USER_CONFIG_NAME)),
  }
}
