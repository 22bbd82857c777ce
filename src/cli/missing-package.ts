/** The codes of Node for `require` and for `import`. The bundle requires what the sources import. */
const CODES: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']

/** Whether an optional package could not be loaded because it is not installed. */
export function isMissingPackage(error: unknown): boolean {
  return error instanceof Error && CODES.includes((error as NodeJS.ErrnoException).code)
}
