let quiet = false

/** @param isWanted whether the command writes no notes and no progress from now on */
export function beQuiet(isWanted: boolean): void {
  quiet = isWanted
}

/** Whether the user asked for `--quiet`. */
export function isQuiet(): boolean {
  return quiet
}
