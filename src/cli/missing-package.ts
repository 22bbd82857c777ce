/** The codes of Node for `require` and for `import`. The bundle requires what the sources import. */
const CODES: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']

/** Whether a package could not be loaded because it is not installed itself; what it needs may be missing too. */
export function isMissingPackage(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    CODES.includes((error as NodeJS.ErrnoException).code) &&
    error.message.includes(`'${name}'`)
  )
}
