import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory and its missing parents. Below /proc, mkdir fails with ENOENT although the parent exists, and
 * Node's own `recursive` then retries for ever.
 * @returns whether it did not exist
 * @throws the system's error
 */
export function makeDirectory(directory: string, mode: number): boolean {
  try {
    mkdirSync(directory, { mode })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    const above = dirname(directory)
    if (code !== 'ENOENT' || above === directory) throw error
    makeDirectory(above, mode)
    mkdirSync(directory, { mode })
    return true
  }
}
