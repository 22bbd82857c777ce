let quiet = false

/** Has the command write no notes and no progress from now on. */
export function beQuiet(): void {
  quiet = true
}

/** Whether the user asked for `--quiet`. */
export function isQuiet(): boolean {
  return quiet
}
